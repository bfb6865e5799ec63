import type { SandboxSpec } from './sandbox-spec.ts'

/** A sandbox that must not be made, in words for whoever asked for it. */
export class SandboxSpecError extends Error {
  override readonly name = 'SandboxSpecError'
}

/**
 * Options are handed to bwrap parted by NUL: a NUL in a value would let whoever wrote the value add options of his
 * own. The command goes through execve, which cannot carry one either.
 */
export const checkSpec = (spec: SandboxSpec): void => {
  for (const name of Object.keys(spec.env))
    if (name === '' || /[=\0]/.test(name))
      throw new SandboxSpecError(
        `'${name.replaceAll('\0', '␀')}' cannot be the name of a variable.`,
      )
  for (const [name, value] of Object.entries(spec.env))
    if (value.includes('\0')) throw new SandboxSpecError(`The value of ${name} has a NUL in it.`)
  if (spec.command.some((word) => word.includes('\0')))
    throw new SandboxSpecError('The command has a NUL in it.')
  for (const text of [spec.chdir, spec.hostname, ...pathsOf(spec)])
    if (text.includes('\0')) throw new SandboxSpecError('A path has a NUL in it.')
}

const pathsOf = ({ writable, readOnly, overlay }: SandboxSpec): string[] => [
  ...[...writable, ...readOnly].flatMap(({ host, inside }) => [host, inside]),
  ...(overlay ? [overlay.folder, ...overlay.layers, overlay.inside] : []),
]
