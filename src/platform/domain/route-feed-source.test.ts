import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#/foundation/ids.ts'
import { getDyno, insertDynos } from '#/platform/dyno/dyno-store.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { readRouteFeed } from './route-feed-store.ts'
import { routeFeed } from './route-feed-source.ts'

const host = await aTestPlatform()
const { platform, actor } = host
const { db } = platform

const SERVER = 'a-server'
await db.insertInto('workers').values({ id: SERVER }).execute()

const aDyno = async (): Promise<{ appId: string; id: string }> => {
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
  return dyno
}

/** A web dyno that a deploy has taken out of its app's route. */
const aRetiredDyno = async (): Promise<string> => {
  const { id } = await aDyno()
  await db.updateTable('dynos').set({ retiredAt: new Date() }).where('id', '=', id).execute()
  return id
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

test('of what a router has applied the newest is written down, however fast the news come', async () => {
  const feed = routeFeed(platform, SERVER)
  const follower = { id: 'router-3', appliedNumber: -1 }
  const written = async (): Promise<number | undefined> =>
    (
      await db
        .selectFrom('followers')
        .select('appliedNumber')
        .where('id', '=', follower.id)
        .executeTakeFirst()
    )?.appliedNumber
  feed.onJoin?.(follower)
  for (let number = 1; number <= 500; number++) {
    follower.appliedNumber = number
    feed.onApplied?.(follower)
    if (number % 10 === 0) await pause(1)
  }
  await until(async () => (await written()) === 500, { limitMs: 10_000 })
  await pause(300) // whatever is on its way has come by then
  assert.equal(await written(), 500)
  feed.onLeave?.(follower)
})

test('a route has the weight of each dyno, 1 at first, and comes again with another', async () => {
  const { appId, id } = await aDyno()
  const set = (values: { routable?: boolean; host?: string; port?: number; weight?: number }) =>
    db.updateTable('dynos').set(values).where('id', '=', id).execute()
  await set({ routable: true, host: '127.0.0.1', port: 5000 })
  const weightsSince = async (since: number | undefined) => {
    const { number, rows } = await readRouteFeed(db, since)
    const weights = rows
      .filter((row) => row.id === appId)
      .flatMap(({ dynos }) => dynos.map(({ weight }) => weight))
    return { number, weights }
  }
  const { number, weights } = await weightsSince(undefined)
  assert.deepEqual(weights, [1])
  await set({ weight: 9 })
  assert.deepEqual((await weightsSince(number)).weights, [9])
  await assert.rejects(set({ weight: -1 }), /dynos_weight/)
})
