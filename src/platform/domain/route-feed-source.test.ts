import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#/foundation/ids.ts'
import { getDyno, insertDynos } from '#/platform/dyno/dyno-store.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { routeFeed } from './route-feed-source.ts'

const host = await aTestPlatform()
const { platform, actor } = host
const { db } = platform

const SERVER = 'a-server'
await db.insertInto('workers').values({ id: SERVER }).execute()

/** A web dyno that a deploy has taken out of its app's route. */
const aRetiredDyno = async (): Promise<string> => {
  const app = await anApp(host)
  const { id: releaseId } = await aServingRelease(host, app, { web: 'serve' })
  const [dyno] = await insertDynos(db, actor, [
    {
      id: newId(),
      appId: app.id,
      releaseId,
      deployId: null,
      kind: 'kept',
      type: 'web',
      number: 1,
      size: 'Standard-1X',
      command: 'serve',
    },
  ])
  assert.ok(dyno)
  await db.updateTable('dynos').set({ retiredAt: new Date() }).where('id', '=', dyno.id).execute()
  return dyno.id
}

const isDrained = async (id: string): Promise<true | undefined> =>
  (await getDyno(db, actor, id)).drainedAt === null ? undefined : true

const EVERYTHING = 1_000_000

test('the requests of a router whose connection broke count for a while, and when it is back', async () => {
  const dyno = await aRetiredDyno()
  const feed = routeFeed(platform, SERVER, 600)
  const busy = { draining: [{ dynoId: dyno, requests: 1 }], counters: [] }
  const [gone, other] = ['router-1', 'router-2'].map((id) => ({ id, appliedNumber: EVERYTHING }))
  assert.ok(gone && other)
  for (const follower of [gone, other]) feed.onJoin?.(follower)
  await feed.onReport(gone, EVERYTHING, busy)
  feed.onLeave?.(gone)
  await feed.onReport(other, EVERYTHING, { draining: [], counters: [] })
  assert.equal(await isDrained(dyno), undefined)

  const back = { id: 'router-1', appliedNumber: -1 }
  feed.onJoin?.(back)
  await pause(700)
  await feed.onReport(other, EVERYTHING, { draining: [], counters: [] })
  assert.equal(await isDrained(dyno), undefined)

  feed.onLeave?.(back)
  await until(() => isDrained(dyno), { limitMs: 10_000, what: 'the end of its absence' })
})
