import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { drainFeed } from './drain-feed-source.ts'
import { listAllLogDrains } from './log-drain-store.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

const add = (app: string, url: unknown, token?: string) =>
  call('POST', `/apps/${app}/log-drains`, { url }, token ? { token } : {})

test('a drain is added, listed, found by URL, id and token, and removed', async () => {
  const { id, name } = await anApp(platform)
  const url = 'https://me:s3cr3t@logs.example.com/in/abc?x=1'
  const added = await add(name, url)
  assert.equal(added.statusCode, 201)
  const drain = added.json()
  assert.equal(drain.url, url)
  assert.match(drain.token, /^d\.[0-9a-f-]{36}$/)
  assert.deepEqual(drain.app, { id, name })
  assert.equal(drain.addon, null)
  assert.deepEqual((await call('GET', `/apps/${name}/log-drains`)).json(), [drain])
  const extended = (await call('GET', `/apps/${name}/log-drains?extended=true`)).json()
  assert.deepEqual(extended[0].extended, { drain_id: drain.id })
  for (const ref of [url, drain.id, drain.token]) {
    const found = await call('GET', `/apps/${name}/log-drains/${encodeURIComponent(ref)}`)
    assert.deepEqual(found.json(), drain)
  }
  const path = `/apps/${name}/log-drains/${encodeURIComponent(url)}`
  assert.equal((await call('DELETE', path)).statusCode, 200)
  assert.equal((await call('DELETE', path)).statusCode, 404)
  assert.deepEqual((await call('GET', `/apps/${name}/log-drains`)).json(), [])
})

test('URLs that are none, lead inside, or cannot be spoken to are refused', async () => {
  const { name } = await anApp(platform)
  const bad = [
    ...['', 'nothing', 'http://logs.example.com', 'ftp://logs.example.com', 'https://', 7, null],
    ...['https://127.0.0.1/', 'syslog://10.0.0.1:514', 'https://[::1]/', 'https://2130706433/'],
    ...['syslog://a b:1', `https://logs.example.com/${'x'.repeat(500)}`, 'syslog+tls://:6514'],
  ]
  for (const url of bad) assert.equal((await add(name, url)).statusCode, 422, String(url))
})

test('one drain to one URL, also if several want it at once, and so many of an app', async () => {
  const { name } = await anApp(platform)
  const url = 'syslog+tls://logs.example.com:6514'
  const answers = await Promise.all([1, 2, 3].map(() => add(name, url)))
  assert.deepEqual(statusesOf(answers), [201, 422, 422])
  const more = await Promise.all(
    Array.from({ length: 12 }, (_, index) => add(name, `${url}${index}`)),
  )
  assert.equal(more.filter(({ statusCode }) => statusCode === 201).length, 9)
})

test('the URL is sealed in the database and in no event', async () => {
  const { id, name } = await anApp(platform)
  const url = 'https://me:canary-7b@logs.example.com/canary-8c?t=canary-9d'
  await add(name, url)
  await call('DELETE', `/apps/${name}/log-drains/${encodeURIComponent(url)}`)
  await add(name, url)
  const rows = await db.selectFrom('logDrains').selectAll().where('appId', '=', id).execute()
  const events = await db
    .selectFrom('events')
    .select(['action', 'before', 'after'])
    .where('resource', '=', 'log-drain')
    .where('appId', '=', id)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ action }) => action),
    ['create', 'destroy', 'create'],
  )
  assert.doesNotMatch(JSON.stringify([rows, events]), /canary/)
  assert.match(JSON.stringify(events), /https:\/\/logs\.example\.com:443/)
})

test('drains are for those who operate the app', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const url = 'https://logs.example.com/'
  const list = async (token: string) =>
    (await call('GET', `/apps/${name}/log-drains`, undefined, { token })).statusCode
  assert.equal((await add(name, url, people.viewer.token)).statusCode, 403)
  assert.equal((await add(name, url, stranger.token)).statusCode, 404)
  assert.equal(await list(people.viewer.token), 403)
  assert.equal(await list(stranger.token), 404)
  assert.equal((await add(name, url, people.member.token)).statusCode, 201)
  assert.equal(await list(people.member.token), 200)
})

test('the drains of an app go with it', async () => {
  const { id, name } = await anApp(platform)
  await add(name, 'https://logs.example.com/')
  await call('DELETE', `/apps/${name}`)
  const all = await listAllLogDrains(platform.platform)
  assert.ok(all.every(({ appId }) => appId !== id))
})

test('a drainer is asked for as long as there are drains and none follows', async () => {
  let asked = 0
  const feed = drainFeed(platform.platform, async () => void asked++)
  try {
    const { name } = await anApp(platform)
    await add(name, 'https://logs.example.com/asked')
    await until(() => asked > 0)
    const { rows } = await feed.source.readTable()
    assert.ok(rows.some(({ url }) => url === 'https://logs.example.com/asked'))
    feed.source.onJoin?.({ id: 'drainer', appliedNumber: -1 })
    const before = asked
    await add(name, 'https://logs.example.com/again')
    await call('GET', `/apps/${name}/log-drains`)
    assert.equal(asked, before)
  } finally {
    feed.stop()
  }
})
