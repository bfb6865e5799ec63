import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { Platform } from '#/platform/platform.ts'
import { BUILDER } from './build-runner.ts'
import { listPendingAmong } from './build-store.ts'
import { buildOfWorkspace } from './build-workspace.ts'
import { settleLeftBranchMoves } from './note-branch-moves.ts'
import { settleBranches } from './settle-branch.ts'

/** Does for killed processes what they would have done: moves branches of succeeded pushes, tells of those that git has moved, removes workspaces. */
export const tidyBuilds = async (
  platform: Pick<Platform, 'db' | 'paths' | 'log'>,
): Promise<void> => {
  await settleBranches(platform)
  await settleLeftBranchMoves(platform)
  const names = await namesIn(platform.paths.builds)
  const ids = names.map(buildOfWorkspace).filter((id) => id !== undefined)
  const pending = await listPendingAmong(platform.db, BUILDER, ids)
  for (const name of names) {
    const id = buildOfWorkspace(name)
    if (id !== undefined && !pending.has(id)) await removeTree(join(platform.paths.builds, name))
  }
}

/** Nothing if there is no such folder. */
export const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
