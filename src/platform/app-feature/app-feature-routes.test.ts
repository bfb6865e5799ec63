import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { readRouteFeed } from '#/platform/domain/route-feed-store.ts'
import { insertDynos } from '#/platform/dyno/dyno-store.ts'
import { readDynoFeed } from '#/platform/dyno/dyno-feed-store.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

const routeOf = async (appId: string) =>
  (await readRouteFeed(db, undefined)).rows.find(({ id }) => id === appId)

test('affinity is a feature in Heroku’s words', async () => {
  const { id, name } = await anApp(platform)
  const path = `/apps/${name}/features`
  const [feature] = (await call('GET', path)).json()
  assert.deepEqual(
    [feature.name, feature.enabled, feature.state],
    ['http-session-affinity', false, 'general'],
  )
  const on = await call('PATCH', `${path}/http-session-affinity`, { enabled: true })
  assert.equal(on.json().enabled, true)
  assert.equal((await call('GET', `${path}/${feature.id}`)).json().enabled, true)
  assert.equal((await routeOf(id))?.hasAffinity, true)
  await call('PATCH', `${path}/http-session-affinity`, { enabled: false })
  assert.equal((await routeOf(id))?.hasAffinity, undefined)
  assert.equal((await call('GET', `${path}/preboot`)).statusCode, 404)
  assert.equal((await call('PATCH', `${path}/preboot`, { enabled: true })).statusCode, 404)
})

test('a change is an event; none is none', async () => {
  const { id, name } = await anApp(platform)
  const path = `/apps/${name}/features/http-session-affinity`
  await Promise.all([1, 2, 3].map(() => call('PATCH', path, { enabled: true })))
  const events = await db
    .selectFrom('events')
    .select(['resource', 'after'])
    .where('appId', '=', id)
    .where('resource', '=', 'app-feature')
    .execute()
  assert.equal(events.length, 1)
})

test('log-runtime-metrics is one of the labs, of an app and not of an account, and dynos that run are told', async () => {
  const { name } = await anApp(platform)
  const path = `/apps/${name}/features/log-runtime-metrics`
  assert.equal((await call('GET', '/account/features/log-runtime-metrics')).statusCode, 404)
  const number = async (): Promise<number> =>
    Number(
      (
        await db
          .selectFrom('dynos')
          .select(({ fn }) => fn.max('feedNumber').as('newest'))
          .executeTakeFirstOrThrow()
      ).newest,
    )
  const app = await anApp(platform)
  const { id: releaseId } = await aServingRelease(platform, app, { web: 'serve' })
  await insertDynos(db, platform.actor, [
    {
      ...{ id: newId(), appId: app.id, releaseId, deployId: null, kind: 'kept', type: 'web' },
      ...{ number: 1, size: 'Standard-1X', command: 'serve' },
    },
  ])
  const before = await number()
  const on = await call('PATCH', `/apps/${app.name}/features/log-runtime-metrics`, {
    enabled: true,
  })
  assert.deepEqual([on.json().enabled, on.json().state], [true, 'beta'])
  assert.ok((await number()) > before)
  const rows = (await readDynoFeed(db, undefined)).rows.filter(({ appId }) => appId === app.id)
  assert.ok(rows.length > 0 && rows.every(({ logsUsage }) => logsUsage))
  assert.equal((await call('GET', path)).json().enabled, false)
})
