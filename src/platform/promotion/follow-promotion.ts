import { waitFor } from '#/foundation/notifications.ts'
import { watchAccess } from '#/platform/account/watch-access.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { presentRecord } from './promotion-schema.ts'
import { getPromotion, listTargetRecords } from './promotion-store.ts'

/** Settling follows the last deploy at once, and nobody is told of it. */
const LOOK_MS = 300
const HEARTBEAT_MS = 15_000

/** The promotion's record as Server-Sent Events, again with each step of a target, until it has settled. */
export async function* followPromotion(
  { db, notifications }: Pick<Platform, 'db' | 'notifications'>,
  actor: Actor,
  id: string,
  gone: AbortSignal,
): AsyncGenerator<string> {
  const look = () => getPromotion(db, actor, id)
  const signal = watchAccess({ db, notifications }, actor, look, gone)
  let last = ''
  while (!signal.aborted) {
    const promotion = await look()
    const record = presentRecord(promotion, await listTargetRecords(db, actor, id), null)
    const text = JSON.stringify(record)
    if (text !== last) yield `event: promotion\ndata: ${text}\n\n`
    last = text
    if (promotion.settledAt) return
    const news = await waitFor({
      notifications,
      channel: 'deploy_changed',
      check: async () => {
        const now = presentRecord(await look(), await listTargetRecords(db, actor, id), null)
        return JSON.stringify(now) === last ? undefined : true
      },
      limitMs: HEARTBEAT_MS,
      lookAnywayMs: LOOK_MS,
      signal,
    }).catch(() => undefined) // they are gone, or may see it no more
    if (!news && !signal.aborted) yield ':\n\n'
  }
}
