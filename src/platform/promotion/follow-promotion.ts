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
  const ended = new AbortController()
  const until = AbortSignal.any([gone, ended.signal])
  const signal = watchAccess({ db, notifications }, actor, look, until)
  const read = async () => {
    const promotion = await look()
    const record = presentRecord(promotion, await listTargetRecords(db, actor, id), null)
    return { isSettled: promotion.settledAt !== null, text: JSON.stringify(record) }
  }
  let last = ''
  try {
    while (!signal.aborted) {
      const { text, isSettled } = await read()
      yield text === last ? ':\n\n' : `event: promotion\ndata: ${text}\n\n`
      last = text
      if (isSettled) return
      await waitFor({
        notifications,
        channel: 'deploy_changed',
        check: async () => ((await read()).text === last ? undefined : true),
        limitMs: HEARTBEAT_MS,
        lookAnywayMs: LOOK_MS,
        signal,
      }).catch(() => undefined) // they are gone, or may see it no more
    }
  } finally {
    ended.abort()
  }
}
