import { join } from 'node:path'
import type { DataDirPaths } from '#/foundation/data-dir.ts'

/** What an app has on disk besides its log: its bare repository, and what its builds keep for the next one. */
export const appFiles = (paths: Pick<DataDirPaths, 'git' | 'buildCaches'>, appId: string) => ({
  repository: join(paths.git, `${appId}.git`),
  buildCache: join(paths.buildCaches, appId),
})
