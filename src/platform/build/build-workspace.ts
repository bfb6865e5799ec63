import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDirPaths } from '#/foundation/data-dir.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { Build } from './build.ts'

type Paths = Pick<DataDirPaths, 'builds'>

type Attempt = Pick<Build, 'id' | 'attempts'>

/** Of one attempt, so that what a killed one may still write to is never read. */
export const workspaceOf = ({ builds }: Paths, { id, attempts }: Attempt): string =>
  join(builds, `${id}.${attempts}`)

/** An empty folder for this attempt at the build; those of earlier attempts are removed. */
export const makeWorkspace = async (paths: Paths, build: Attempt): Promise<string> => {
  for (let attempts = 1; attempts <= build.attempts; attempts++)
    await removeTree(workspaceOf(paths, { id: build.id, attempts }))
  const path = workspaceOf(paths, build)
  await mkdir(path, { recursive: true, mode: 0o700 })
  return path
}

/** The build that a folder in `paths.builds` is a workspace of; undefined if it is something else. */
export const buildOfWorkspace = (name: string): string | undefined =>
  /^([0-9a-f-]{36})\.\d+$/.exec(name)?.[1]
