import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runDeploys } from '#/platform/deploy/run-deploys.ts'
import { upsertFollower } from '#/platform/domain/route-feed-store.ts'
import { aName, anApp, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, platform: needs } = platform

const create = (body: unknown, token?: string) =>
  call('POST', '/apps', body, token ? { token } : {})

test('a new app has an address, a first release and an empty config', async () => {
  const { id, name } = await anApp(platform)
  const releases = (await call('GET', `/apps/${name}/releases`)).json()
  assert.equal(releases.length, 1)
  assert.equal(releases[0].version, 1)
  assert.equal(releases[0].description, 'Initial release')
  assert.deepEqual((await call('GET', `/apps/${name}/config-vars`)).json(), {})
  const [domain] = (await call('GET', `/apps/${name}/domains`)).json()
  assert.equal(domain.hostname, `${name}.localhost`)
  assert.equal(domain.kind, 'heroku')
  const events = await needs.db
    .selectFrom('events')
    .select(['resource', 'action'])
    .where('appId', '=', id)
    .orderBy('id')
    .execute()
  assert.deepEqual(events, [
    { resource: 'app', action: 'create' },
    { resource: 'release', action: 'create' },
  ])
})

test('the deploy of the first release succeeds at once, with nothing to run', async () => {
  const { id, name } = await anApp(platform)
  await needs.db.insertInto('workers').values({ id: 'here' }).execute()
  const router = { feed: 'routes', id: 'router', appliedNumber: 1_000_000 }
  await upsertFollower(needs.db, 'here', router)
  const context = { attempt: 1, isLastAttempt: false, signal: new AbortController().signal }
  await runDeploys(needs, id, context)
  const [release] = (await call('GET', `/apps/${name}/releases`)).json()
  assert.equal(release.status, 'succeeded')
  assert.equal(release.current, true)
})

test('a name is invented for whoever gives none', async () => {
  for (const body of [{}, { name: null }]) {
    const created = await create(body)
    assert.equal(created.statusCode, 201)
    assert.match(created.json().name, /^[a-z]+-[a-z]+-\d{5}$/)
  }
})

test('names that break the rule are refused in words', async () => {
  const bad = ['', 'ab', 'No;Good', '-abc', 'abc-', '1abc', 'a.b', 'a b', 'x'.repeat(31), 'käse']
  for (const name of [...bad, '../../etc', '$(reboot)', 'a\nb', 'a\u0000b']) {
    const refused = await create({ name })
    assert.equal(refused.statusCode, 422, name)
    assert.match(refused.json().message, /Name must start with a letter/)
  }
  assert.equal((await create({ name: 7 })).statusCode, 422)
})

test('of many who want one name at once, one gets it', async () => {
  const name = aName()
  const answers = await Promise.all(Array.from({ length: 6 }, () => create({ name })))
  const refused = answers.filter(({ statusCode }) => statusCode === 422)
  assert.equal(refused.length, 5)
  assert.equal(refused[0]?.json().message, `Name ${name} is already taken`)
})

test('stack and region are those there are', async () => {
  assert.equal((await create({ stack: 'heroku-22', region: 'us' })).json().stack.name, 'heroku-22')
  const unoffered = [
    { stack: 'cedar-14' },
    { stack: {} },
    { region: 'eu' },
    { space: 'mine' },
    { internal_routing: true },
    { locked: true },
  ]
  for (const body of unoffered)
    assert.equal((await create(body)).statusCode, 422, JSON.stringify(body))
})

test('members create apps in their team, viewers and collaborators do not', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer', 'collaborator'])
  const body = { team }
  const made = await call('POST', '/teams/apps', body, people.member)
  assert.equal(made.json().team.name, team)
  assert.equal((await create(body, people.viewer.token)).statusCode, 403)
  assert.equal((await create(body, people.collaborator.token)).statusCode, 403)
  const stranger = await platform.aPerson()
  assert.equal((await create(body, stranger.token)).statusCode, 404)
})

test('no app takes the name that the API is reached at', async () => {
  const { settings } = needs
  const before = { ...settings }
  Object.assign(settings, { apiHost: 'api.example.com', domain: 'example.com' })
  try {
    assert.equal((await create({ name: 'api' })).statusCode, 422)
  } finally {
    Object.assign(settings, before)
  }
})
