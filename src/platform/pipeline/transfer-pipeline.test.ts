import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { anAppIn } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor, token } = platform
const { db } = platform.platform

type Caller = { token?: string }

const aPipeline = async (body: object = {}, caller: Caller = {}): Promise<{ id: string }> => {
  const created = await call('POST', '/pipelines', { name: aName(), ...body }, caller)
  assert.equal(created.statusCode, 201, created.body)
  return created.json()
}

const idOfTeam = async (name: string): Promise<string> =>
  (await call('GET', `/teams/${name}`)).json().id

const transfer = (
  pipeline: { id: string },
  type: 'team' | 'user',
  id: string | null,
  caller: Caller = {},
) =>
  call(
    'POST',
    '/pipeline-transfers',
    { pipeline: { id: pipeline.id }, new_owner: { id, type } },
    caller,
  )

const seen = async (pipeline: { id: string }, caller: Caller = {}) =>
  (await call('GET', `/pipelines/${pipeline.id}`, undefined, caller)).json()

const leave = (person: { actor: { accountId: string | null } }, teamId: string) =>
  db
    .deleteFrom('teamMembers')
    .where('teamId', '=', teamId)
    .where('accountId', '=', person.actor.accountId)
    .execute()

test('a personal pipeline goes to a team of its owner and on to one of its members; its apps stay', async () => {
  const team = await aTeam(platform, ['member'])
  const { member } = team.people
  const teamId = await idOfTeam(team.name)
  const pipeline = await aPipeline()
  const app = await anAppIn(platform, pipeline, 'staging')
  const marksOf = async () =>
    (await call('GET', `/pipelines/${pipeline.id}/pipeline-couplings`))
      .json<{ app: { id: string }; owned_elsewhere: boolean }[]>()
      .map((one) => [one.app.id, one.owned_elsewhere])
  assert.deepEqual(await marksOf(), [[app.id, false]])
  const answer = await transfer(pipeline, 'team', teamId)
  assert.equal(answer.statusCode, 201, answer.body)
  const own = { id: actor.accountId, type: 'user' }
  assert.deepEqual(answer.json().previous_owner, own)
  assert.deepEqual(answer.json().new_owner, { id: teamId, type: 'team' })
  assert.deepEqual((await seen(pipeline, member)).owner, { id: teamId, type: 'team' })
  assert.equal((await seen(pipeline)).ephemeral_apps.collaborators_enabled, true)
  assert.deepEqual(await marksOf(), [[app.id, true]])
  assert.equal((await call('GET', `/apps/${app.name}`)).json().owner.id, actor.accountId)
  const back = await transfer(pipeline, 'user', member.actor.accountId)
  assert.equal(back.statusCode, 201, back.body)
  const now = await seen(pipeline, member)
  assert.deepEqual(now.owner, { id: member.actor.accountId, type: 'user' })
  assert.equal(now.ephemeral_apps.collaborators_enabled, false)
  assert.equal((await transfer(pipeline, 'team', teamId)).statusCode, 403)
  const events = await db
    .selectFrom('events')
    .select(['teamId', 'actorName', 'before', 'after'])
    .where('pipelineId', '=', pipeline.id)
    .where('resource', '=', 'pipeline')
    .where('action', '=', 'update')
    .orderBy('id')
    .execute()
  assert.equal(events.length, 4, 'each owner sees each of the two transfers')
  const [first, second, third] = events as { teamId: string; before: Owned; after: Owned }[]
  assert.deepEqual([first?.before.owner, first?.after.owner], [own, { id: teamId, type: 'team' }])
  assert.deepEqual([second?.teamId, third?.teamId], [teamId, teamId])
})

type Owned = { owner: { id: string; type: string } }

test('from person to person, from team to team and to who is not in the team it does not go', async () => {
  const team = await aTeam(platform, ['member', 'viewer', 'collaborator'])
  const { member, viewer, collaborator } = team.people
  const other = await aTeam(platform, [])
  const stranger = await platform.aPerson()
  const mine = await aPipeline()
  const ours = await aPipeline({ owner: { id: team.name, type: 'team' } })
  const refused = async (
    answer: Awaited<ReturnType<typeof call>>,
    status: number,
    words: RegExp,
  ) => {
    assert.equal(answer.statusCode, status, answer.body)
    assert.match(answer.json().message, words)
  }
  await refused(await transfer(mine, 'user', member.actor.accountId), 422, /never to a person/)
  await refused(await transfer(mine, 'user', actor.accountId), 422, /never to a person/)
  await refused(await transfer(ours, 'team', await idOfTeam(other.name)), 422, /its members only/)
  for (const { accountId } of [stranger.actor, viewer.actor, collaborator.actor])
    await refused(await transfer(ours, 'user', accountId), 422, /must be a member of the team/)
  for (const id of ['x', '', 'a@b.example', '00000000-0000-4000-8000-000000000000'])
    await refused(await transfer(ours, 'user', id), 422, /must be a member of the team/)
  assert.equal((await transfer(ours, 'user', null)).statusCode, 422)
  assert.equal(
    (await transfer(mine, 'team', '00000000-0000-4000-8000-000000000000')).statusCode,
    404,
  )
  const theirs = await aPipeline({}, viewer)
  const asViewer = await transfer(theirs, 'team', team.name, viewer)
  await refused(asViewer, 403, /may not give pipelines/)
  const away = await aPipeline({}, stranger)
  assert.equal((await transfer(away, 'team', team.name, stranger)).statusCode, 404)
  assert.deepEqual((await seen(mine)).owner, { id: actor.accountId, type: 'user' })
})

test('only its owner and admins of its team transfer a pipeline; for strangers it is not there', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const pipeline = await aPipeline({ owner: { id: team.name, type: 'team' } })
  const toMember = (caller: Caller) => transfer(pipeline, 'user', member.actor.accountId, caller)
  assert.equal((await toMember(member)).statusCode, 403)
  assert.equal((await toMember(viewer)).statusCode, 403)
  assert.equal((await toMember(await platform.aPerson())).statusCode, 404)
  assert.equal((await toMember(admin)).statusCode, 201)
  assert.equal((await toMember(admin)).statusCode, 404)
})

test('a name that the new owner has already is refused, and nothing changes', async () => {
  const team = await aTeam(platform, [])
  const name = aName()
  await aPipeline({ name, owner: { id: team.name, type: 'team' } })
  const mine = await aPipeline({ name })
  const answer = await transfer(mine, 'team', team.name)
  assert.equal(answer.statusCode, 422)
  assert.match(answer.json().message, new RegExp(`${name} is already taken`))
  assert.equal((await seen(mine)).owner.type, 'user')
})

test('who left the team in between gets nothing', async () => {
  const team = await aTeam(platform, ['member'])
  const { member } = team.people
  const teamId = await idOfTeam(team.name)
  const pipeline = await aPipeline({ owner: { id: teamId, type: 'team' } })
  await leave(member, teamId)
  assert.equal((await transfer(pipeline, 'user', member.actor.accountId)).statusCode, 422)
  for (let round = 0; round < 5; round++) {
    const racing = await aTeam(platform, ['member'])
    const id = await idOfTeam(racing.name)
    const one = await aPipeline({ owner: { id, type: 'team' } })
    const [answer] = await Promise.all([
      transfer(one, 'user', racing.people.member.actor.accountId),
      leave(racing.people.member, id),
    ])
    const owner = (await seen(one, answer.statusCode === 201 ? racing.people.member : {})).owner
    assert.equal(owner.type, answer.statusCode === 201 ? 'user' : 'team', answer.body)
  }
})

test('of two transfers at once one happens, and the other is decided by what it left', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  for (let round = 0; round < 5; round++) {
    const pipeline = await aPipeline({ owner: { id: team.name, type: 'team' } })
    const answers = await Promise.all([
      transfer(pipeline, 'user', member.actor.accountId, admin),
      transfer(pipeline, 'user', admin.actor.accountId, { token }),
      call('PATCH', `/pipelines/${pipeline.id}`, { name: aName() }, { token }),
    ])
    const [won, lost] = statusesOf(answers.slice(0, 2))
    assert.equal(won, 201)
    // It is another person's by now, or the admin's own, who may not give it to a person.
    assert.ok(lost === 404 || lost === 422, `${lost}`)
    const [first] = answers
    const winner = first.statusCode === 201 ? member : admin
    const { owner } = await seen(pipeline, winner)
    assert.deepEqual(owner, { id: winner.actor.accountId, type: 'user' })
  }
})

test('people added by hand stay on the list if the new owner may have them there', async () => {
  const team = await aTeam(platform, ['member'])
  const { member } = team.people
  const elsewhere = await aTeam(platform, ['viewer'])
  const outsider = elsewhere.people.viewer
  const pipeline = await aPipeline()
  for (const user of [member.email, outsider.email]) {
    const body = { pipeline: pipeline.id, user, permissions: ['deploy'] }
    assert.equal((await call('POST', '/ephemeral-app-collaborators', body)).statusCode, 201)
  }
  const listed = async (caller: Caller = {}) =>
    (await call('GET', `/pipelines/${pipeline.id}/ephemeral-app-collaborators`, undefined, caller))
      .json<{ user: { email: string } }[]>()
      .map(({ user }) => user.email)
  assert.deepEqual((await listed()).toSorted(), [member.email, outsider.email].toSorted())
  assert.equal((await transfer(pipeline, 'team', team.name)).statusCode, 201)
  assert.deepEqual(await listed(), [member.email])
  assert.equal((await transfer(pipeline, 'user', member.actor.accountId)).statusCode, 201)
  assert.deepEqual(await listed(member), [])
})
