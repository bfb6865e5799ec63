import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform

const put = (app: string, buildpacks: unknown[], token?: string) =>
  call(
    'PUT',
    `/apps/${app}/buildpack-installations`,
    { updates: buildpacks.map((buildpack) => ({ buildpack })) },
    token ? { token } : {},
  )
const list = async (app: string): Promise<unknown> =>
  (await call('GET', `/apps/${app}/buildpack-installations`)).json()

const OWN = 'https://example.com/own.git#v1'

test('the list is replaced whole, in its order', async () => {
  const { name } = await anApp(platform)
  assert.deepEqual(await list(name), [])
  const set = await put(name, ['heroku/nodejs', OWN, 'heroku/python'])
  assert.equal(set.statusCode, 200)
  assert.deepEqual(set.json(), [
    { ordinal: 0, buildpack: { name: 'heroku/nodejs', url: 'urn:buildpack:heroku/nodejs' } },
    { ordinal: 1, buildpack: { name: OWN, url: OWN } },
    { ordinal: 2, buildpack: { name: 'heroku/python', url: 'urn:buildpack:heroku/python' } },
  ])
  assert.deepEqual(await list(name), set.json())
  await put(name, [OWN])
  assert.deepEqual(await list(name), [{ ordinal: 0, buildpack: { name: OWN, url: OWN } }])
  assert.deepEqual((await put(name, [])).json(), [])
})

test('one bad buildpack changes nothing', async () => {
  const { name } = await anApp(platform)
  await put(name, [OWN])
  for (const buildpack of ['--upload-pack=x', 'heroku/ruby', undefined, 7, null])
    assert.equal((await put(name, ['heroku/nodejs', buildpack])).statusCode, 422, String(buildpack))
  assert.equal(
    (
      await put(
        name,
        Array.from({ length: 31 }, () => OWN),
      )
    ).statusCode,
    422,
  )
  const bare = await call('PUT', `/apps/${name}/buildpack-installations`, { updates: 'x' })
  assert.equal(bare.statusCode, 422)
  assert.deepEqual(await list(name), [{ ordinal: 0, buildpack: { name: OWN, url: OWN } }])
})

test('several who replace the list at once leave one of their lists', async () => {
  const { name } = await anApp(platform)
  const lists = [['heroku/nodejs', 'heroku/python'], [OWN], ['heroku/python', OWN, OWN]]
  const answers = await Promise.all(lists.map((buildpacks) => put(name, buildpacks)))
  const now = JSON.stringify(await list(name))
  assert.ok(answers.some(({ body }) => body === now))
})

test('viewers look, strangers find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const path = `/apps/${name}/buildpack-installations`
  assert.equal((await call('GET', path, undefined, people.viewer)).statusCode, 200)
  assert.equal((await put(name, [OWN], people.viewer.token)).statusCode, 403)
  assert.equal((await put(name, [OWN], stranger.token)).statusCode, 404)
})

test('the registry tells of the built-in buildpacks without a token', async () => {
  const open = { headers: { authorization: '' } }
  const get = (path: string) => call('GET', path, undefined, open)
  const entry = (await get('/buildpacks/heroku%2Fnodejs')).json()
  assert.equal(entry.blob_url, 'urn:buildpack:heroku/nodejs')
  assert.equal((await get('/buildpacks/heroku%2Fruby')).statusCode, 404)
  assert.equal((await get('/buildpacks')).json().length, 2)
  const named = await get('/buildpacks?in[namespace][]=heroku&in[name][]=python')
  assert.deepEqual(
    named.json().map(({ name }: { name: string }) => name),
    ['python'],
  )
  assert.equal((await get('/buildpacks?like[description]=PYTHON')).json().length, 1)
  assert.equal((await get('/buildpacks?in[namespace][]=nobody')).json().length, 0)
  assert.equal((await get('/buildpacks/heroku%2Fnodejs/revisions')).json()[0].license, 'MIT')
  assert.equal((await get('/buildpacks/heroku%2Fnodejs/readme')).json().encoding, 'base64')
})
