import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '#/foundation/ids.ts'
import { insertDynos } from '#/platform/dyno/dyno-store.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { cycleDynos } from './cycle-dynos.ts'

const host = await aTestPlatform()
const { platform, actor } = host
const { db } = platform

const HOUR_MS = 3_600_000
const NOW = Date.now()

/** An app whose last deploy is through, with dynos of these ages. */
const anAppWithDynos = async (...hours: number[]): Promise<string> => {
  const app = await anApp(host)
  const { id: releaseId } = await aServingRelease(host, app, { web: 'serve' })
  await db
    .updateTable('deploys')
    .set({ status: 'succeeded', finishedAt: new Date() })
    .where('appId', '=', app.id)
    .execute()
  await db.deleteFrom('dynos').where('appId', '=', app.id).execute()
  const dynos = await insertDynos(
    db,
    actor,
    hours.map((_, at) => ({
      ...{ id: newId(), appId: app.id, releaseId, deployId: null, kind: 'kept' as const },
      ...{ type: 'web', number: at + 1, size: 'Standard-1X', command: 'serve' },
    })),
  )
  for (const [at, { id }] of dynos.entries())
    await db
      .updateTable('dynos')
      .set({ createdAt: new Date(NOW - (hours[at] ?? 0) * HOUR_MS) })
      .where('id', '=', id)
      .execute()
  return app.id
}

const restartsOf = async (appId: string): Promise<(string | null)[]> => {
  const deploys = await db
    .selectFrom('deploys')
    .select('dynoName')
    .where('appId', '=', appId)
    .where('kind', '=', 'restart')
    .execute()
  return deploys.map(({ dynoName }) => dynoName)
}

const DAY_MS = 24 * HOUR_MS

test('a dyno that is older than a day and its share of 216 minutes is restarted, one of an app at a time', async () => {
  const appId = await anAppWithDynos(28, 30, 23)
  await cycleDynos(platform, NOW, DAY_MS)
  assert.deepEqual(await restartsOf(appId), ['web.2'])
  await cycleDynos(platform, NOW, DAY_MS) // its deploy waits: no other dyno goes meanwhile
  assert.deepEqual(await restartsOf(appId), ['web.2'])
  await db
    .updateTable('deploys')
    .set({ status: 'succeeded', finishedAt: new Date() })
    .where('appId', '=', appId)
    .execute()
  await db.deleteFrom('dynos').where('appId', '=', appId).where('number', '=', 2).execute()
  await cycleDynos(platform, NOW, DAY_MS)
  assert.deepEqual(await restartsOf(appId), ['web.2', 'web.1'])
})

test('dynos of one age do not all go within the same minutes', async () => {
  const apps = await Promise.all(Array.from({ length: 12 }, () => anAppWithDynos(25.8)))
  await cycleDynos(platform, NOW, DAY_MS)
  const counts = await Promise.all(apps.map(async (appId) => (await restartsOf(appId)).length))
  const gone = counts.filter((count) => count === 1).length
  assert.ok(gone > 0 && gone < 12, `${gone} of 12`)
})

test('younger dynos stay, and with a day of 0 all do', async () => {
  const young = await anAppWithDynos(23.9)
  const old = await anAppWithDynos(1_000)
  await cycleDynos(platform, NOW, 0)
  assert.deepEqual(await restartsOf(old), [])
  await cycleDynos(platform, NOW, DAY_MS)
  assert.deepEqual(await restartsOf(young), [])
  assert.deepEqual(await restartsOf(old), ['web.1'])
})

test('a clock that is an hour ahead or behind makes a day an hour shorter or longer, and no more', async () => {
  const young = await anAppWithDynos(22.9)
  const due = await anAppWithDynos(28.7)
  await cycleDynos(platform, NOW + HOUR_MS, DAY_MS)
  assert.deepEqual(await restartsOf(young), [])
  assert.deepEqual(await restartsOf(due), ['web.1'])
  const late = await anAppWithDynos(28.7)
  await cycleDynos(platform, NOW - HOUR_MS, DAY_MS)
  assert.deepEqual(await restartsOf(late), ['web.1']) // 24 hours, and 216 minutes at most, and this one
})

test('an app whose dynos cannot go keeps no other from its turn', async () => {
  const apps = await Promise.all([1, 2, 3].map(() => anAppWithDynos(1_000)))
  const [broken = '', ...others] = apps
  await sql`create function refuse_deploy() returns trigger language plpgsql as
    $$ begin raise exception 'this app is broken'; end $$`.execute(db)
  await sql`create trigger refuse_deploy before insert on deploys for each row
    when (new.app_id = ${sql.lit(broken)}) execute function refuse_deploy()`.execute(db)
  try {
    await cycleDynos(platform, NOW, DAY_MS)
  } finally {
    await sql`drop trigger refuse_deploy on deploys`.execute(db)
  }
  assert.deepEqual(await restartsOf(broken), [])
  for (const appId of others) assert.deepEqual(await restartsOf(appId), ['web.1'])
  await cycleDynos(platform, NOW, DAY_MS)
  assert.deepEqual(await restartsOf(broken), ['web.1'])
})
