import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRouteFeed } from '#/platform/domain/route-feed-store.ts'
import { anApp } from '../../../test/support/apps.ts'
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
