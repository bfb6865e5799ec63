import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDirPaths } from '#/foundation/data-dir.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { Build } from './build.ts'

type Paths = Pick<DataDirPaths, 'builds'>

/** Of one attempt, so that what a killed one may still write to is never read. */
const pathOf = ({ builds }: Paths, id: string, attempt: number): string =>
  join(builds, `${id}.${attempt}`)

/** An empty folder for this attempt at the build; those of earlier attempts are removed. */
export const makeWorkspace = async (
  paths: Paths,
  { id, attempts }: Pick<Build, 'id' | 'attempts'>,
): Promise<string> => {
  for (let attempt = 1; attempt <= attempts; attempt++) await removeTree(pathOf(paths, id, attempt))
  const path = pathOf(paths, id, attempts)
  await mkdir(path, { recursive: true, mode: 0o700 })
  return path
}

/** The build that a folder in `paths.builds` is a workspace of; undefined if it is something else. */
export const buildOfWorkspace = (name: string): string | undefined =>
  /^([0-9a-f-]{36})\.\d+$/.exec(name)?.[1]
