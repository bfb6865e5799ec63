import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRouteFeed } from '#/platform/domain/route-feed-store.ts'
import { aName, anApp, aServingRelease, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, platform: needs } = platform

const patch = (app: string, body: unknown, token?: string) =>
  call('PATCH', `/apps/${app}`, body, token ? { token } : {})

test('a renamed app moves to its new address', async () => {
  const { id, name } = await anApp(platform)
  const to = aName()
  const renamed = await patch(name, { name: to })
  assert.equal(renamed.statusCode, 200)
  assert.equal(renamed.json().web_url, `http://${to}.localhost:8080/`)
  assert.equal((await call('GET', `/apps/${name}`)).statusCode, 404)
  const { rows } = await readRouteFeed(needs.db, undefined)
  assert.deepEqual(rows.find((row) => row.id === id)?.hosts, [`${to}.localhost`])
})

test('the name an app had stays with its team', async () => {
  const { name } = await anApp(platform)
  await patch(name, { name: aName() })
  const stranger = await platform.aPerson()
  assert.equal((await call('POST', '/apps', { name }, stranger)).statusCode, 422)
  assert.equal((await call('POST', '/apps', { name })).statusCode, 201)
})

test('a name that is taken or malformed changes nothing', async () => {
  const [one, two] = [await anApp(platform), await anApp(platform)]
  const taken = await patch(one.name, { name: two.name, maintenance: true })
  assert.equal(taken.statusCode, 422)
  assert.equal(taken.json().message, `Name ${two.name} is already taken`)
  assert.equal((await patch(one.name, { name: 'No Good' })).statusCode, 422)
  assert.equal((await call('GET', `/apps/${one.name}`)).json().maintenance, false)
})

test('renaming an app to its own name is fine', async () => {
  const { name } = await anApp(platform)
  assert.equal((await patch(name, { name })).statusCode, 200)
})

test('maintenance is switched on and off, and the routes follow', async () => {
  const { id, name } = await anApp(platform)
  assert.equal((await patch(name, { maintenance: true })).json().maintenance, true)
  const { rows } = await readRouteFeed(needs.db, undefined)
  assert.equal(rows.find((row) => row.id === id)?.maintenance, true)
  assert.equal((await patch(name, { maintenance: false })).json().maintenance, false)
  assert.equal((await patch(name, { maintenance: 'yes' })).statusCode, 422)
})

test('the stack of the next build is the stack at once only where nothing has been built', async () => {
  const { id, name } = await anApp(platform)
  const fresh = (await patch(name, { build_stack: 'heroku-22' })).json()
  assert.equal(fresh.stack.name, 'heroku-22')
  await aServingRelease(platform, { id }, { web: 'serve' })
  const built = (await patch(name, { build_stack: { name: 'heroku-24' } })).json()
  assert.equal(built.stack.name, 'heroku-22')
  assert.equal(built.build_stack.name, 'heroku-24')
  assert.equal((await patch(name, { build_stack: 'cedar' })).statusCode, 422)
})

test('members switch maintenance, admins rename, viewers look, strangers find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'admin', 'viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const status = async (body: unknown, token: string) => (await patch(name, body, token)).statusCode
  assert.equal(await status({ maintenance: true }, people.member.token), 200)
  assert.equal(await status({ name: aName() }, people.member.token), 403)
  assert.equal(await status({ maintenance: true }, people.viewer.token), 403)
  assert.equal(await status({ maintenance: true }, stranger.token), 404)
  assert.equal(await status({ name: aName() }, people.admin.token), 200)
})

test('of two who rename at once to the same name one succeeds', async () => {
  const apps = await Promise.all([anApp(platform), anApp(platform), anApp(platform)])
  const name = aName()
  const answers = await Promise.all(apps.map((app) => patch(app.id, { name })))
  assert.deepEqual(statusesOf(answers), [200, 422, 422])
})
