import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { permissionSetOf } from './team.ts'

const platform = await aTestPlatform()
const { call } = platform

const prefer = (team: string, body: unknown, token = platform.token) =>
  call('PATCH', `/teams/${team}/preferences`, body, { token })

test('a team begins with view, deploy and operate for members, and with auto-join', async () => {
  const { name, people } = await aTeam(platform, ['viewer'])
  const shown = await call('GET', `/teams/${name}/preferences`, undefined, people.viewer)
  assert.deepEqual(shown.json(), {
    'default-permission': null,
    'addons-controls': false,
    member_permissions: [{ name: 'view' }, { name: 'deploy' }, { name: 'operate' }],
    auto_join: true,
  })
})

test('what members may on unlocked apps and pipelines is what the team says, at once', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const app = await anApp(platform, { team })
  const owner = { id: team, type: 'team' }
  const { id: pipeline } = (await call('POST', '/pipelines', { name: aName(), owner })).json<{
    id: string
  }>()
  const { token, email } = people.member
  const may = async () => {
    const as = { token }
    const statuses = {
      view: (await call('GET', `/apps/${app.name}`, undefined, as)).statusCode,
      deploy: (await call('PUT', `/apps/${app.name}/buildpack-installations`, { updates: [] }, as))
        .statusCode,
      operate: (await call('POST', `/apps/${app.name}/log-sessions`, {}, as)).statusCode,
      newPipeline: (await call('POST', '/pipelines', { name: aName(), owner }, as)).statusCode,
      couple: (
        await call('POST', '/pipeline-couplings', { app: app.id, pipeline, stage: 'staging' }, as)
      ).statusCode,
    }
    return statuses
  }
  assert.equal((await prefer(team, { member_permissions: ['view'] })).statusCode, 200)
  const least = { view: 200, deploy: 403, operate: 403, newPipeline: 403, couple: 403 }
  assert.deepEqual(await may(), least)
  const listed = (await call('GET', `/apps/${app.name}/collaborators`)).json<
    { user: { email: string }; permissions: { name: string }[] }[]
  >()
  const own = listed.find(({ user }) => user.email === email)
  assert.deepEqual(
    own?.permissions.map(({ name }) => name),
    ['view'],
  )
  await prefer(team, { member_permissions: [{ name: 'operate' }] })
  assert.deepEqual(await may(), { ...least, operate: 201 })
  await prefer(team, { member_permissions: ['deploy', 'operate'] })
  assert.deepEqual(await may(), {
    ...{ view: 200, deploy: 200, operate: 201, newPipeline: 201, couple: 201 },
  })
  const viewer = { token: people.viewer.token }
  assert.equal(
    (await call('POST', `/apps/${app.name}/log-sessions`, {}, viewer)).statusCode,
    403,
    'a viewer is no member',
  )
})

test('on a locked app a member still has only what was granted', async () => {
  const { name: team, people } = await aTeam(platform, ['member'])
  const app = await anApp(platform, { team })
  await call('PATCH', `/teams/apps/${app.name}`, { locked: true })
  await prefer(team, { member_permissions: ['deploy'] })
  assert.equal((await call('GET', `/apps/${app.name}`, undefined, people.member)).statusCode, 404)
})

test('whoever makes an app works on it, though members only look, and though it is locked', async () => {
  const { name: team, people } = await aTeam(platform, ['member'])
  await prefer(team, { member_permissions: ['view'] })
  const { token, email } = people.member
  for (const locked of [false, true]) {
    const made = await call('POST', '/teams/apps', { name: aName(), team, locked }, { token })
    assert.equal(made.statusCode, 201, made.body)
    const { name } = made.json<{ name: string }>()
    assert.equal((await call('POST', `/apps/${name}/log-sessions`, {}, { token })).statusCode, 201)
    assert.equal((await call('DELETE', `/apps/${name}`, undefined, { token })).statusCode, 403)
    const events = (await call('GET', `/apps/${name}/events`)).json<
      { resource: string; after: unknown }[]
    >()
    assert.deepEqual(events.find(({ resource }) => resource === 'collaborator')?.after, {
      user: email,
      permissions: ['view', 'deploy', 'operate'],
    })
  }
})

test('new pipelines begin with the team’s auto-join, and those that are given to it too', async () => {
  const { name: team } = await aTeam(platform, [])
  const owner = { id: team, type: 'team' }
  const autoJoinOf = async (body: object): Promise<boolean> => {
    const made = await call('POST', '/pipelines', { name: aName(), ...body })
    assert.equal(made.statusCode, 201, made.body)
    return made.json<{ ephemeral_apps: { collaborators_enabled: boolean } }>().ephemeral_apps
      .collaborators_enabled
  }
  const before = (await call('POST', '/pipelines', { name: aName(), owner })).json<{ id: string }>()
  await prefer(team, { auto_join: false })
  assert.equal(await autoJoinOf({ owner }), false)
  assert.equal(
    await autoJoinOf({ owner, ephemeral_apps: { collaborators_enabled: true } }),
    true,
    'a pipeline may say otherwise',
  )
  const old = (await call('GET', `/pipelines/${before.id}`)).json()
  assert.equal(old.ephemeral_apps.collaborators_enabled, true, 'older ones stay as they are')
  const own = (await call('POST', '/pipelines', { name: aName() })).json<{ id: string }>()
  await call('POST', '/pipeline-transfers', { pipeline: own.id, new_owner: owner })
  const given = (await call('GET', `/pipelines/${own.id}`)).json()
  assert.equal(given.ephemeral_apps.collaborators_enabled, false)
})

test('only admins change preferences, which is written down; nonsense is refused', async () => {
  const { name: team, people } = await aTeam(platform, ['admin', 'member', 'viewer'])
  for (const { token } of [people.member, people.viewer])
    assert.equal((await prefer(team, { auto_join: false }, token)).statusCode, 403)
  const { token: stranger } = await platform.aPerson()
  assert.equal((await prefer(team, { auto_join: false }, stranger)).statusCode, 404)
  for (const body of [
    ...[{ member_permissions: ['manage'] }, { member_permissions: ['root'] }, { auto_join: 'no' }],
    ...[{ member_permissions: 'view' }, { 'addons-controls': true }],
    { member_permissions: Array.from({ length: 21 }, () => 'view') },
  ])
    assert.equal((await prefer(team, body)).statusCode, 422, JSON.stringify(body))
  const { token } = people.admin
  const changed = await prefer(team, { member_permissions: [], auto_join: false }, token)
  assert.deepEqual(changed.json().member_permissions, [{ name: 'view' }])
  await prefer(team, { auto_join: false }, token) // changes nothing
  const events = (await call('GET', `/teams/${team}/events`)).json<
    { action: string; before: unknown; after: unknown }[]
  >()
  const told = events.filter(({ before, action }) => before !== null && action === 'update')
  assert.deepEqual(
    told.map(({ before, after }) => ({ before, after })),
    [
      {
        before: { memberPermissions: ['view', 'deploy', 'operate'], ephemeralAutoJoin: true },
        after: { memberPermissions: ['view'], ephemeralAutoJoin: false },
      },
    ],
  )
})

test('two admins at once: both changes are there afterwards', async () => {
  const { name: team } = await aTeam(platform, [])
  const both = await Promise.all([
    prefer(team, { auto_join: false }),
    prefer(team, { member_permissions: ['view'] }),
  ])
  assert.deepEqual(statusesOf(both), [200, 200])
  const shown = (await call('GET', `/teams/${team}/preferences`)).json()
  assert.equal(shown.auto_join, false)
  assert.deepEqual(shown.member_permissions, [{ name: 'view' }])
})

test('a set is kept in order, each once, with view; an unknown permission is refused by name', () => {
  assert.deepEqual(permissionSetOf([]), ['view'])
  assert.deepEqual(permissionSetOf(['manage', 'deploy', 'manage']), ['view', 'deploy', 'manage'])
  for (const name of ['admin', '', 'View', 'view ', '__proto__'])
    assert.throws(() => permissionSetOf(['view', name]), /There is no permission/)
})
