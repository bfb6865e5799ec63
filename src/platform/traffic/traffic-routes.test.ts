import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { readRouteFeed } from '#/platform/domain/route-feed-store.ts'
import { sha256 } from '#/foundation/ids.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

const routeOf = async (appId: string) =>
  (await readRouteFeed(db, undefined)).rows.find(({ id }) => id === appId)

test('limits and HTTPS reach the routers, and go back to what is usual', async () => {
  const { id, name } = await anApp(platform)
  const path = `/apps/${name}/traffic`
  const usual = { https_only: false, request_limit: null, drain_seconds: null, protected: false }
  assert.deepEqual((await call('GET', path)).json(), usual)
  const { number } = await readRouteFeed(db, undefined)
  const wanted = { https_only: true, request_limit: 7, drain_seconds: 60 }
  const changed = await call('PATCH', path, wanted)
  assert.deepEqual(changed.json(), { ...wanted, protected: false })
  const { rows } = await readRouteFeed(db, number)
  const [row] = rows
  assert.deepEqual(
    [row?.id, row?.httpsOnly, row?.requestLimit, row?.drainMs],
    [id, true, 7, 60_000],
  )
  await call('PATCH', path, { https_only: false, request_limit: null, drain_seconds: null })
  assert.deepEqual((await call('GET', path)).json(), usual)
  assert.equal((await routeOf(id))?.requestLimit, undefined)
})

test('limits beyond reason are refused', async () => {
  const { name } = await anApp(platform)
  const bad = [
    { request_limit: 0 },
    { request_limit: -1 },
    { request_limit: 1e9 },
    { request_limit: 1.5 },
    { drain_seconds: 0 },
    { drain_seconds: 601 },
    { drain_seconds: '9' },
    { https_only: 'yes' },
  ]
  const answers = await Promise.all(bad.map((body) => call('PATCH', `/apps/${name}/traffic`, body)))
  assert.deepEqual(
    statusesOf(answers),
    bad.map(() => 422),
  )
})

test('an app is closed by a password that is told once, and kept as a hash', async () => {
  const { id, name } = await anApp(platform)
  const path = `/apps/${name}/protection`
  const closed = (await call('POST', path, {})).json()
  assert.equal(closed.user, name)
  assert.match(closed.password, /^[\w-]{24}$/)
  const route = await routeOf(id)
  const { salt = '', hash } = route?.auth ?? {}
  assert.equal(sha256(`${salt}${name}:${closed.password}`).toString('hex'), hash)
  const shown = (await call('GET', path)).json()
  assert.deepEqual(shown, { protected: true, user: name })
  const rows = await db.selectFrom('appTraffic').selectAll().where('appId', '=', id).execute()
  const events = await db.selectFrom('events').selectAll().where('appId', '=', id).execute()
  assert.ok(!JSON.stringify([rows, events, route]).includes(closed.password))
  const again = (await call('POST', path, { user: 'ada' })).json()
  assert.notEqual(again.password, closed.password)
  assert.deepEqual((await call('DELETE', path)).json(), { protected: false, user: null })
  assert.equal((await routeOf(id))?.auth, undefined)
})

test('names that a browser could not send are refused', async () => {
  const { name } = await anApp(platform)
  for (const user of ['', 'a:b', 'a b', 'ä', 'x'.repeat(65), 'a\r\nb', 7])
    assert.equal((await call('POST', `/apps/${name}/protection`, { user })).statusCode, 422)
})

test('pages of one’s own come from config vars, if they are addresses of the web', async () => {
  const { id, name } = await anApp(platform)
  const set = (vars: Record<string, string | null>) =>
    call('PATCH', `/apps/${name}/config-vars`, vars)
  const { number } = await readRouteFeed(db, undefined)
  await set({ ERROR_PAGE_URL: 'https://pages.example/é"><x>', MAINTENANCE_PAGE_URL: 'http://b/' })
  assert.ok((await readRouteFeed(db, number)).rows.some((row) => row.id === id))
  const route = await routeOf(id)
  assert.equal(route?.errorPageUrl, 'https://pages.example/%C3%A9%22%3E%3Cx%3E')
  assert.equal(route?.maintenancePageUrl, 'http://b/')
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', '//x', 'https://u:p@x/', 'x']) {
    await set({ ERROR_PAGE_URL: bad })
    assert.equal((await routeOf(id))?.errorPageUrl, undefined, bad)
  }
  await set({ ERROR_PAGE_URL: null, MAINTENANCE_PAGE_URL: null })
  assert.equal((await routeOf(id))?.maintenancePageUrl, undefined)
})

test('members change it, viewers look, strangers find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team, name: aName() })
  const stranger = await platform.aPerson()
  const patch = (token: string) =>
    call('PATCH', `/apps/${name}/traffic`, { https_only: true }, { token })
  assert.equal((await patch(people.viewer.token)).statusCode, 403)
  assert.equal((await patch(stranger.token)).statusCode, 404)
  assert.equal((await patch(people.member.token)).statusCode, 200)
  const look = { token: people.viewer.token }
  assert.equal((await call('GET', `/apps/${name}/traffic`, undefined, look)).statusCode, 200)
  assert.equal((await call('GET', `/apps/${name}/protection`, undefined, look)).statusCode, 403)
})
