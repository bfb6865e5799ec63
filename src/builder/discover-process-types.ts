import type { ReleaseInfo } from './release-info.ts'
import { BuildRejection } from './build-rejection.ts'
import { parseProcfile } from './procfile.ts'
import { readInside, TooLong } from './read-inside.ts'
import type { Build } from './run-program.ts'

const LIMIT_BYTES = 1024 * 1024

/** How the slug's processes start: as its Procfile says, else as its last buildpack does. Prints both. */
export const discoverProcessTypes = async (
  { workspace, input: { output } }: Pick<Build, 'workspace' | 'input'>,
  { defaultProcessTypes }: Pick<ReleaseInfo, 'defaultProcessTypes'>,
): Promise<Record<string, string>> => {
  output('-----> Discovering process types\n')
  const procfile = await readProcfile(workspace.build)
  const declared = procfile === undefined ? {} : parseProcfile(procfile)
  const added = Object.keys(defaultProcessTypes).filter((type) => !Object.hasOwn(declared, type))
  output(`       Procfile declares types     -> ${listOf(Object.keys(declared))}\n`)
  if (added.length > 0) output(`       Default types for buildpack -> ${listOf(added)}\n`)
  return { ...defaultProcessTypes, ...declared }
}

const listOf = (types: string[]): string => types.toSorted().join(', ') || '(none)'

/** @throws BuildRejection if it is too long to be one */
export const readProcfile = async (buildDir: string): Promise<string | undefined> => {
  try {
    return await readInside(buildDir, 'Procfile', LIMIT_BYTES)
  } catch (error) {
    if (error instanceof TooLong) throw new BuildRejection('the Procfile is too long.')
    throw error
  }
}
