import { removeTree } from '#/foundation/remove-tree.ts'
import { removeLog } from '#/log-store/remove-log.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import type { Platform } from '#/platform/platform.ts'

/** Removes what a destroyed app has on disk. Doing it twice, or again after a crash, is fine. */
export const removeAppFiles = async (
  { paths }: Pick<Platform, 'paths'>,
  { appId }: { appId: string },
): Promise<void> => {
  const { repository, buildCache } = appFiles(paths, appId)
  for (const path of [repository, buildCache]) await removeTree(path)
  await removeLog(paths.logs, appId)
}
