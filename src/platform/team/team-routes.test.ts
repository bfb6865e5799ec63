import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform

test('whoever makes a team owns it', async () => {
  const name = aName()
  const made = await call('POST', '/teams', { name })
  assert.equal(made.statusCode, 201)
  assert.equal(made.json().role, 'owner')
  const shown = (await call('GET', `/teams/${name}`)).json()
  assert.deepEqual(shown, made.json())
  assert.equal((await call('GET', `/teams/${shown.id}`)).json().name, name)
  const [member] = (await call('GET', `/teams/${name}/members`)).json()
  assert.equal(member.email, platform.actor.name)
  assert.equal(member.role, 'owner')
})

test('teams of other people are not found, and personal ones are never shown', async () => {
  const { name } = await aTeam(platform, [])
  const stranger = await platform.aPerson()
  const own = { token: stranger.token }
  assert.deepEqual((await call('GET', '/teams', undefined, own)).json(), [])
  for (const path of ['', '/members', '/apps', '/features'])
    assert.equal((await call('GET', `/teams/${name}${path}`, undefined, own)).statusCode, 404, path)
  const personal = `personal-${stranger.actor.accountId}`
  assert.equal((await call('GET', `/teams/${personal}`, undefined, own)).statusCode, 404)
})

test('a team name is taken once, also by two at once', async () => {
  const name = aName()
  const both = await Promise.all([1, 2, 3].map(() => call('POST', '/teams', { name })))
  assert.deepEqual(statusesOf(both), [201, 422, 422])
  const refused = both.find(({ statusCode }) => statusCode === 422)
  assert.equal(refused?.json().message, `Name ${name} is already taken`)
})

test('a name that is malformed, or means something in a path, is refused', async () => {
  const bad = [
    '',
    'a',
    'A-team',
    'a team',
    'a;b',
    '-a-',
    '1team',
    'x'.repeat(31),
    'téam',
    'a\u0000b',
  ]
  const reserved = ['apps', 'permissions', 'invitations', `personal-${aName()}`]
  for (const name of [...bad, ...reserved])
    assert.equal((await call('POST', '/teams', { name })).statusCode, 422, name)
  assert.equal((await call('POST', '/teams', {})).statusCode, 422)
})

test('the four permissions are told with what they allow', async () => {
  const permissions = (await call('GET', '/teams/permissions')).json()
  assert.deepEqual(
    permissions.map(({ name }: { name: string }) => name),
    ['view', 'deploy', 'operate', 'manage'],
  )
})
