import { transaction, type Db } from '#/foundation/db.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { renameDefaultDomain } from '#/platform/domain/domain-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseWithCode } from '#/platform/release/release-store.ts'
import { asNameTaken, claimName } from './app-name.ts'

export type AppChange = { name?: string; maintenance?: boolean; buildStack?: string }

type Needs = Pick<Platform, 'db' | 'settings' | 'logs'>

/** Renames an app, which moves its address, puts it into maintenance, or chooses the stack of its next build. */
export const changeApp = async (
  { db, settings, logs }: Needs,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  change: AppChange,
): Promise<App> => {
  const { before, after } = await transaction(db, async (tx) => {
    const before = await lockApp(tx, actor, id)
    const { name = before.name } = change
    if (name !== before.name) {
      const { hostname } = await claimName(tx, settings, { name, teamId: before.teamId })
      await renameDefaultDomain(tx, actor, id, hostname)
    }
    const stack = await stackAfter(tx, actor, before, change)
    const after = await updateApp(tx, actor, id, { ...change, name, stack })
    if (!isSame(before, after))
      await insertEvent(tx, actor, {
        resource: 'app',
        resourceId: id,
        action: 'update',
        appId: id,
        teamId: before.teamId,
        before: changeable(before),
        after: changeable(after),
      })
    return { before, after }
  }).catch((error: unknown) => {
    throw asNameTaken(error, change.name ?? '')
  })
  if (before.maintenance !== after.maintenance)
    logs.append(id, {
      at: Date.now(),
      source: 'app',
      dyno: 'api',
      text: `Maintenance mode ${after.maintenance ? 'enabled' : 'disabled'} by user ${actor.name}`,
    })
  return after
}

/** What runs keeps its stack until it is built anew; without code there is nothing to keep. */
const stackAfter = async (
  tx: Db,
  actor: Actor,
  { id, stack }: App,
  { buildStack }: AppChange,
): Promise<string> => {
  const isBuilt = (await findReleaseWithCode(tx, actor, id)) !== undefined
  return isBuilt ? stack : (buildStack ?? stack)
}

const changeable = ({ name, maintenance, stack, buildStack }: App) => ({
  name,
  maintenance,
  stack,
  buildStack,
})

const isSame = (a: App, b: App): boolean =>
  JSON.stringify(changeable(a)) === JSON.stringify(changeable(b))
