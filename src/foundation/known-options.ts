import { parseArgs } from 'node:util'

/**
 * The options (`--name value` or `--name=value`) of a program that a keeper starts. Those that it does not know are passed
 * over: the keeper may be newer, and this the version before that is put back.
 */
export const knownOptions = <Name extends string>(
  argv: string[],
  names: readonly Name[],
): Partial<Record<Name, string>> => {
  const { values } = parseArgs({
    args: argv,
    strict: false,
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  })
  const known: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = values[name]
    if (typeof value === 'string') known[name] = value
  }
  return known
}
