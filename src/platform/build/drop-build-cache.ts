import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'

/** The app's next build begins without what earlier ones kept. One that runs keeps what it has, for the one after it. */
export const dropBuildCache = async (
  { db, paths }: Pick<Platform, 'db' | 'paths'>,
  actor: Actor,
  app: Pick<App, 'id' | 'teamId'>,
): Promise<void> => {
  const { buildCache } = appFiles(paths, app.id)
  const removed = `${buildCache}.${randomBytes(6).toString('hex')}.removed`
  await insertEvent(db, actor, {
    resource: 'build-cache',
    action: 'destroy',
    appId: app.id,
    teamId: app.teamId,
  })
  try {
    await rename(buildCache, removed) // at once, for whoever builds next
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  await removeTree(removed)
}
