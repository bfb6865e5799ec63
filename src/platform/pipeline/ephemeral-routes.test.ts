import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { aName, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { ephemeralGrants, mayOnEphemeral } from './ephemeral-grants.ts'
import type { EphemeralAction } from './ephemeral-permissions.ts'
import { EPHEMERAL_ACTIONS } from './ephemeral-table.ts'
import { getPipeline } from './pipeline-store.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform

type Caller = { token?: string }
type Person = Awaited<ReturnType<typeof platform.aPerson>>

const aPipeline = async (body: object = {}, caller: Caller = {}): Promise<{ id: string }> => {
  const created = await call('POST', '/pipelines', { name: aName(), ...body }, caller)
  assert.equal(created.statusCode, 201, created.body)
  return created.json()
}

const aTeamPipeline = async (team: string, body: object = {}) =>
  aPipeline({ owner: { id: team, type: 'team' }, ...body })

const settings = async (pipeline: { id: string }) =>
  (await call('GET', `/pipelines/${pipeline.id}`)).json().ephemeral_apps

const set = (pipeline: { id: string }, ephemeral_apps: unknown, caller: Caller = {}) =>
  call('PATCH', `/pipelines/${pipeline.id}`, { ephemeral_apps }, caller)

const add = (pipeline: { id: string }, user: unknown, permissions: unknown, caller: Caller = {}) =>
  call('POST', '/ephemeral-app-collaborators', { pipeline: pipeline.id, user, permissions }, caller)

const named = (...names: string[]) => names.map((name) => ({ name }))

const grantsOf = async (pipeline: { id: string }): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    (await transaction(db, (tx) => ephemeralGrants(tx, actor, pipeline.id))).map(
      ({ email, permissions }) => [email, permissions],
    ),
  )

test('a team’s pipeline starts with auto-join for members, a personal one has none', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer', 'collaborator'])
  const ours = await aTeamPipeline(team.name)
  assert.deepEqual(await settings(ours), {
    collaborators_enabled: true,
    collaborator_synchronization: true,
    collaborator_permissions: named('view', 'deploy', 'operate'),
    permissions_fixed_by_team: false,
  })
  assert.deepEqual(await grantsOf(ours), {
    [team.people.member.email]: ['view', 'deploy', 'operate'],
  })
  const mine = await aPipeline()
  assert.equal((await settings(mine)).collaborators_enabled, false)
  assert.deepEqual(await grantsOf(mine), {})
  for (const asked of [
    { collaborators_enabled: true },
    { collaborator_synchronization: true },
    { collaborator_permissions: ['view'] },
  ]) {
    assert.equal((await set(mine, asked)).statusCode, 422)
    const create = { name: aName(), ephemeral_apps: asked }
    const refused = await call('POST', '/pipelines', create)
    assert.equal(refused.statusCode, 422)
    assert.match(refused.json().message, /personal pipeline has no members/)
    assert.equal((await call('GET', `/pipelines/${create.name}`)).statusCode, 404)
  }
  assert.equal((await set(mine, { collaborators_enabled: false })).statusCode, 200)
})

test('auto-join and its set are changed by admins, given at creation, and taken as they were read', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const asked = { collaborators_enabled: false, collaborator_permissions: ['manage', 'manage'] }
  const pipeline = await aTeamPipeline(team.name, { ephemeral_apps: asked })
  const made = await settings(pipeline)
  assert.equal(made.collaborator_synchronization, false)
  assert.deepEqual(made.collaborator_permissions, named('view', 'manage'))
  assert.deepEqual(await grantsOf(pipeline), {})
  assert.equal((await set(pipeline, { collaborators_enabled: true }, member)).statusCode, 403)
  const { permissions_fixed_by_team: _, ...read } = made
  const on = { ...read, collaborators_enabled: true, collaborator_synchronization: true }
  const changed = await set(pipeline, on, admin)
  assert.equal(changed.statusCode, 200, changed.body)
  assert.deepEqual(await grantsOf(pipeline), { [member.email]: ['view', 'manage'] })
  const path = `/pipelines/${pipeline.id}`
  const accept = {
    headers: { accept: 'application/vnd.heroku+json; version=3.pipeline-collaborators' },
  }
  const answer = await call('GET', path, undefined, accept)
  assert.deepEqual(answer.json().ephemeral_apps, await settings(pipeline))
  const event = await db
    .selectFrom('events')
    .select(['actorName', 'before', 'after'])
    .where('pipelineId', '=', pipeline.id)
    .where('action', '=', 'update')
    .where('result', '=', 'success')
    .execute()
  assert.deepEqual(event, [
    {
      actorName: admin.email,
      before: { ephemeralAutoJoin: false },
      after: { ephemeralAutoJoin: true },
    },
  ])
})

test('sets that contradict themselves or name what there is not are refused', async () => {
  const team = await aTeam(platform, [])
  const pipeline = await aTeamPipeline(team.name)
  const before = await settings(pipeline)
  for (const asked of [
    { collaborators_enabled: true, collaborator_synchronization: false },
    { collaborator_permissions: ['view', 'own'] },
    { collaborator_permissions: [{ name: 'root' }] },
    { collaborator_permissions: 'view' },
    { collaborator_permissions: [7] },
    { collaborator_permissions: Array.from({ length: 50 }, () => 'view') },
    { collaborators_enabled: 'yes' },
    'all',
  ]) {
    const refused = await set(pipeline, asked)
    assert.equal(refused.statusCode, 422, `${JSON.stringify(asked)} ${refused.body}`)
  }
  assert.deepEqual(await settings(pipeline), before)
})

test('people of the team are added by hand, changed and taken off, with an event each', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const pipeline = await aTeamPipeline(team.name)
  const added = await add(pipeline, viewer.email.toUpperCase(), ['deploy'], admin)
  assert.equal(added.statusCode, 201, added.body)
  const one = added.json()
  assert.deepEqual(one.user, { id: viewer.actor.accountId, email: viewer.email })
  assert.equal(one.pipeline.id, pipeline.id)
  assert.deepEqual(one.permissions, named('view', 'deploy'))
  assert.equal((await add(pipeline, { id: member.actor.accountId }, ['manage'])).statusCode, 201)
  assert.deepEqual(await grantsOf(pipeline), {
    [member.email]: ['view', 'manage'],
    [viewer.email]: ['view', 'deploy'],
  })
  const path = `/ephemeral-app-collaborators/${one.id}`
  const changed = await call('PATCH', path, { permissions: named('operate') }, admin)
  assert.deepEqual(changed.json().permissions, named('view', 'operate'))
  assert.deepEqual((await call('GET', path)).json(), changed.json())
  assert.equal((await call('PATCH', path, { permissions: ['x'] })).statusCode, 422)
  assert.equal((await call('PATCH', path, {})).statusCode, 422)
  assert.equal((await call('DELETE', path)).statusCode, 200)
  assert.equal((await call('DELETE', path)).statusCode, 404)
  assert.deepEqual(await grantsOf(pipeline), { [member.email]: ['view', 'manage'] })
  const list = await call('GET', `/pipelines/${pipeline.id}/ephemeral-app-collaborators`)
  assert.deepEqual(
    list.json().map(({ user }: { user: { email: string } }) => user.email),
    [member.email],
  )
  const events = await db
    .selectFrom('events')
    .select(['action', 'before', 'after'])
    .where('resourceId', '=', one.id)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ action }) => action),
    ['create', 'update', 'destroy'],
  )
  assert.deepEqual(events[1]?.before, { email: viewer.email, permissions: ['view', 'deploy'] })
})

test('who may not change a pipeline sees nothing of its list, and nobody learns who has an account', async () => {
  const team = await aTeam(platform, ['member', 'viewer'])
  const { member, viewer } = team.people
  const stranger = await platform.aPerson()
  const pipeline = await aTeamPipeline(team.name)
  const { id } = (await add(pipeline, viewer.email, ['deploy'])).json()
  const list = `/pipelines/${pipeline.id}/ephemeral-app-collaborators`
  const one = `/ephemeral-app-collaborators/${id}`
  const expect = async (caller: Person, status: number): Promise<void> => {
    const answers = [
      await call('GET', list, undefined, caller),
      await call('GET', one, undefined, caller),
      await call('PATCH', one, { permissions: ['manage'] }, caller),
      await call('DELETE', one, undefined, caller),
      await add(pipeline, caller.email, ['manage'], caller),
      await set(pipeline, { collaborators_enabled: false }, caller),
    ]
    assert.deepEqual(
      statusesOf(answers),
      answers.map(() => status),
    )
  }
  await expect(member, 403)
  await expect(viewer, 403)
  await expect(stranger, 404)
  const unknown = await add(pipeline, 'nobody@example.com', ['view'])
  const known = await add(pipeline, stranger.email, ['view'])
  assert.deepEqual([known.statusCode, known.json()], [404, unknown.json()])
  for (const wrong of ['x', '00000000-0000-4000-8000-000000000000'])
    assert.equal((await call('DELETE', `/ephemeral-app-collaborators/${wrong}`)).statusCode, 404)
  const outside = await aTeam(platform, ['member'])
  const visible = await add(pipeline, outside.people.member.email, ['view'])
  assert.equal(visible.statusCode, 422)
  assert.match(visible.json().message, /not in the team/)
  const mine = await aPipeline()
  assert.equal((await add(mine, actor.accountId, ['view'])).statusCode, 422)
  assert.equal((await add(mine, viewer.email, ['view'])).statusCode, 201)
})

test('the same person added twice at once is on the list once', async () => {
  const team = await aTeam(platform, ['member'])
  const pipeline = await aTeamPipeline(team.name)
  const answers = await Promise.all(
    ['deploy', 'manage', 'operate'].map((one) => add(pipeline, team.people.member.email, [one])),
  )
  assert.deepEqual(statusesOf(answers), [201, 422, 422])
})

test('who leaves the team is off the list, also when added at that moment', async () => {
  for (let round = 0; round < 5; round++) {
    const team = await aTeam(platform, ['member'])
    const { member } = team.people
    const pipeline = await aTeamPipeline(team.name)
    const leave = db
      .deleteFrom('teamMembers')
      .where('accountId', '=', member.actor.accountId)
      .where('role', '=', 'member')
    const [added] = await Promise.all([add(pipeline, member.email, ['manage']), leave.execute()])
    assert.ok([201, 404, 422].includes(added.statusCode), added.body)
    assert.deepEqual(await grantsOf(pipeline), {})
    const listed = await call('GET', `/pipelines/${pipeline.id}/ephemeral-app-collaborators`)
    assert.deepEqual(listed.json(), [])
  }
})

test('a team fixes the set for all its pipelines and frees it again', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const stranger = await platform.aPerson()
  const pipeline = await aTeamPipeline(team.name)
  const path = `/teams/${team.name}/ephemeral-apps`
  assert.deepEqual((await call('GET', path, undefined, viewer)).json(), {
    static_permissions: null,
  })
  const fixed = { static_permissions: ['deploy'] }
  assert.equal((await call('PATCH', path, fixed, member)).statusCode, 403)
  assert.equal((await call('PATCH', path, fixed, stranger)).statusCode, 404)
  for (const wrong of [{}, { static_permissions: ['x'] }, { static_permissions: 'view' }])
    assert.equal((await call('PATCH', path, wrong)).statusCode, 422)
  const answer = await call('PATCH', path, fixed, admin)
  assert.deepEqual(answer.json(), { static_permissions: named('view', 'deploy') })
  const now = await settings(pipeline)
  assert.equal(now.permissions_fixed_by_team, true)
  assert.deepEqual(now.collaborator_permissions, named('view', 'deploy'))
  assert.deepEqual(await grantsOf(pipeline), { [member.email]: ['view', 'deploy'] })
  const refused = await set(pipeline, { collaborator_permissions: ['manage'] })
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /has fixed the permissions/)
  assert.equal((await set(pipeline, { collaborators_enabled: false })).statusCode, 200)
  assert.equal((await set(pipeline, { collaborators_enabled: true })).statusCode, 200)
  const free = await call('PATCH', path, { static_permissions: null })
  assert.deepEqual(free.json(), { static_permissions: null })
  assert.deepEqual(
    (await settings(pipeline)).collaborator_permissions,
    named('view', 'deploy', 'operate'),
  )
})

test('each action is allowed by role, by auto-join and by the list, which goes before it', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const stranger = await platform.aPerson()
  const made = await aTeamPipeline(team.name)
  const pipeline = await getPipeline(db, actor, made.id, 'view')
  const actions = Object.keys(EPHEMERAL_ACTIONS) as EphemeralAction[]
  const allowed = async (who: Person): Promise<EphemeralAction[]> => {
    const found: EphemeralAction[] = []
    for (const action of actions)
      if (await mayOnEphemeral(db, who.actor, pipeline, action)) found.push(action)
    return found
  }
  assert.deepEqual(await allowed(admin), actions)
  assert.deepEqual(await allowed(stranger), [])
  assert.deepEqual(await allowed(viewer), [])
  assert.ok(!(await allowed(member)).includes('enable CI'))
  assert.ok((await allowed(member)).includes('create test runs'))
  await add(made, viewer.email, ['manage'])
  assert.deepEqual(await allowed(viewer), actions)
  await add(made, member.email, ['view'])
  assert.ok(!(await allowed(member)).includes('create test runs'))
})
