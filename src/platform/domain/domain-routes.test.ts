import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { readRouteFeed } from './route-feed-store.ts'

const platform = await aTestPlatform()
const { call } = platform

const add = (app: string, hostname: unknown, token?: string) =>
  call('POST', `/apps/${app}/domains`, { hostname, sni_endpoint: null }, token ? { token } : {})
const hostsOf = async (appId: string): Promise<string[] | undefined> =>
  (await readRouteFeed(platform.platform.db, undefined)).rows.find(({ id }) => id === appId)?.hosts
const aHost = (): string => `www.${aName()}.example`

test('a domain is added in lower case, routed at once, and pointed at the app', async () => {
  const { id, name } = await anApp(platform)
  const host = aHost()
  const added = await add(name, `${host.toUpperCase()}.`)
  assert.equal(added.statusCode, 201)
  assert.equal(added.json().hostname, host)
  assert.equal(added.json().kind, 'custom')
  assert.equal(added.json().cname, `${name}.localhost`)
  assert.deepEqual(await hostsOf(id), [`${name}.localhost`, host].sort())
  for (const ref of [host, added.json().id, host.toUpperCase()])
    assert.equal((await call('GET', `/apps/${name}/domains/${ref}`)).json().hostname, host)
})

test('a removed domain is routed no more, and free', async () => {
  const [one, two] = [await anApp(platform), await anApp(platform)]
  const host = aHost()
  await add(one.name, host)
  assert.equal((await call('DELETE', `/apps/${one.name}/domains/${host}`)).statusCode, 200)
  assert.equal((await call('DELETE', `/apps/${one.name}/domains/${host}`)).statusCode, 404)
  assert.deepEqual(await hostsOf(one.id), [`${one.name}.localhost`])
  assert.equal((await add(two.name, host)).statusCode, 201)
})

test('a host name belongs to one app, also if several want it at once', async () => {
  const apps = await Promise.all([anApp(platform), anApp(platform), anApp(platform)])
  const host = aHost()
  const answers = await Promise.all(apps.map(({ name }) => add(name, host)))
  assert.deepEqual(statusesOf(answers), [201, 422, 422])
  const refused = answers.find(({ statusCode }) => statusCode === 422)
  assert.equal(refused?.json().message, `${host} is currently in use by another app.`)
  const owner = apps[answers.findIndex(({ statusCode }) => statusCode === 201)]
  assert.match((await add(owner?.name ?? '', host)).json().message, /already added/)
})

test('names that are none, or the platform’s own, are refused', async () => {
  const { name } = await anApp(platform)
  const bad = [
    '',
    'nodots',
    'a b.example',
    '10.0.0.1',
    '*',
    '*.com',
    '*.*.example.com',
    'a.*.example.com',
    '*.localhost',
    '*.x.localhost',
    'x.localhost',
    7,
    null,
  ]
  for (const host of bad) assert.equal((await add(name, host)).statusCode, 422, String(host))
})

test("the app's own address stays", async () => {
  const { name } = await anApp(platform)
  const own = `/apps/${name}/domains/${name}.localhost`
  assert.equal((await call('DELETE', own)).statusCode, 422)
  assert.equal((await call('GET', own)).json().cname, null)
})

test('a wildcard is for all names one label below it, of its own team', async () => {
  const [mine, also] = [await anApp(platform), await anApp(platform)]
  const stranger = await platform.aPerson()
  const theirs = await anApp(platform, { token: stranger.token })
  const parent = `${aName()}.example`
  const added = await add(mine.name, `*.${parent.toUpperCase()}`)
  assert.equal(added.json().hostname, `*.${parent}`)
  assert.deepEqual(await hostsOf(mine.id), [`*.${parent}`, `${mine.name}.localhost`])
  assert.equal((await add(also.name, `www.${parent}`)).statusCode, 201)
  assert.match(
    (await add(theirs.name, `shop.${parent}`, stranger.token)).json().message,
    /in use by another app/,
  )
  assert.equal((await add(theirs.name, `a.b.${parent}`, stranger.token)).statusCode, 201)
  const ref = encodeURIComponent(`*.${parent}`)
  assert.equal((await call('DELETE', `/apps/${mine.name}/domains/${ref}`)).statusCode, 200)
})

test('of a name and a wildcard over it, wanted by two teams at once, one is given', async () => {
  const stranger = await platform.aPerson()
  const mine = await anApp(platform)
  const theirs = await anApp(platform, { token: stranger.token })
  const parent = `${aName()}.example`
  const answers = await Promise.all([
    add(mine.name, `*.${parent}`),
    add(theirs.name, `www.${parent}`, stranger.token),
  ])
  assert.deepEqual(statusesOf(answers), [201, 422])
})

test('domains come in pages by id', async () => {
  const { name } = await anApp(platform)
  for (let count = 0; count < 3; count++) await add(name, aHost())
  const range = { headers: { range: 'id ..; max=3' } }
  const first = await call('GET', `/apps/${name}/domains`, undefined, range)
  assert.equal(first.statusCode, 206)
  const next = { headers: { range: String(first.headers['next-range']) } }
  const second = await call('GET', `/apps/${name}/domains`, undefined, next)
  assert.equal(second.statusCode, 200)
  assert.equal(first.json().length + second.json().length, 4)
})

test('members add domains, viewers look, strangers and other apps find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const host = aHost()
  assert.equal((await add(name, host, people.viewer.token)).statusCode, 403)
  assert.equal((await add(name, host, stranger.token)).statusCode, 404)
  assert.equal((await add(name, host, people.member.token)).statusCode, 201)
  const other = await anApp(platform)
  assert.equal((await call('GET', `/apps/${other.name}/domains/${host}`)).statusCode, 404)
})
