import { lchown, mkdir, opendir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBwrap } from './bwrap.ts'
import { buildBwrapArguments, buildInnerCommand } from './bwrap-arguments.ts'
import { cgroupJoinLines } from './cgroups.ts'
import { checkSpec } from './check-spec.ts'
import { buildOwnFiles, listEtcFiles } from './etc-files.ts'
import { limitLines } from './limit-lines.ts'
import { layOverlay } from './overlay.ts'
import { isRoot, sandboxUid, type SandboxSpec } from './sandbox-spec.ts'
import { buildSeccompFilter } from './seccomp.ts'
import { shellQuote } from './shell-quote.ts'
import { unshareCommand } from './unshare-command.ts'

const ENTER = fileURLToPath(new URL('./enter.sh', import.meta.url))

export type PreparedSandbox = {
  /** Holds secrets, mode 0700. To be removed when the sandbox has ended. */
  dir: string
  /** Of its cgroup and of bwrap's processes, unique on this host. */
  name: string
  /**
   * Joining a cgroup makes the kernel wait for some 10 ms. Gated: whoever starts this lets it join meanwhile, by the
   * lines of `join`, and then opens the gate. Else it joins by itself.
   */
  isGated?: boolean
}

/**
 * Writes what enter.sh needs into `dir` and returns the command line that enters the sandbox. No secret is on it: the
 * environment is in a file of mode 0600.
 * @throws SandboxSpecError for what cannot be put into a sandbox
 */
export const prepareSandbox = async (
  { dir, name, isGated = false }: PreparedSandbox,
  spec: SandboxSpec,
): Promise<[string, ...string[]]> => {
  checkSpec(spec)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const hostUid = isRoot() ? sandboxUid() : null
  const [bwrap, limits, overlayHost] = await Promise.all([
    findBwrap(),
    limitLines(spec),
    spec.overlay ? layOverlay(dir, spec.overlay) : undefined,
  ])
  // Not beside the others: if one of those fails, the group would be made after the caller has tidied up.
  const joining = await cgroupJoinLines(name, spec)
  const files = listEtcFiles(dir)
  const options = buildBwrapArguments(spec, { bwrap, files, hostUid, overlayHost, isGated })
  const write = (file: string, content: string | Buffer): Promise<void> =>
    writeFile(join(dir, file), content, { mode: 0o600 })
  await Promise.all([
    write('arguments', options.map((option) => `${option}\0`).join('')),
    write('seccomp', buildSeccompFilter()),
    write('limits', limits),
    write('join', joining.map((line) => `${line}\n`).join('')),
    write(
      'descriptors',
      files.map((file) => `exec ${file.descriptor}< ${shellQuote(file.host)}\n`).join(''),
    ),
    ...Object.entries(buildOwnFiles(spec.hostname)).map(([file, text]) => write(file, text)),
  ])
  return [
    ...unshareCommand(),
    ...['/bin/bash', ENTER, dir, isGated ? 'gated' : 'alone', name, bwrap.path],
    ...buildInnerCommand(spec.command, hostUid),
  ]
}

/** Makes the sandbox's user the owner of a tree, links themselves and not what they lead to. Nothing to do but for root. */
export const giveToSandbox = async (path: string): Promise<void> => {
  if (!isRoot()) return
  await lchown(path, sandboxUid(), sandboxUid())
  for await (const entry of await opendir(path)) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) await giveToSandbox(child)
    else await lchown(child, sandboxUid(), sandboxUid())
  }
}
