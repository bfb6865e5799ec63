import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform, type TestPlatform } from '../../../test/support/test-platform.ts'

const testPlatform = await aTestPlatform()
const { call, platform } = testPlatform

type Person = Awaited<ReturnType<TestPlatform['aPerson']>>

const offer = (app: string, recipient: string, as?: Person) =>
  call('POST', '/account/app-transfers', { app, recipient }, as ? { token: as.token } : {})
const answer = (id: string, state: string, as?: Person) =>
  call('PATCH', `/account/app-transfers/${id}`, { state }, as ? { token: as.token } : {})
const give = (app: string, owner: string, as?: Person) =>
  call('PATCH', `/teams/apps/${app}`, { owner }, as ? { token: as.token } : {})
const look = async (app: string, as?: Person): Promise<number> =>
  (await call('GET', `/apps/${app}`, undefined, as ? { token: as.token } : {})).statusCode

test("a person's app goes to another once they accept, with all it has", async () => {
  const person = await testPlatform.aPerson()
  const pipeline = await aPipeline(testPlatform)
  const { name, id } = pipeline.staging
  await call('PATCH', `/apps/${name}/config-vars`, { COLOUR: 'blue' })
  const friend = await testPlatform.aPerson()
  await call('POST', `/apps/${name}/collaborators`, { user: friend.email })
  await call('POST', `/apps/${name}/collaborators`, { user: person.email })
  const offered = await offer(name, person.email.toUpperCase())
  assert.equal(offered.statusCode, 201, offered.body)
  const transfer = offered.json<{ id: string; state: string; recipient: { email: string } }>()
  assert.equal(transfer.state, 'pending')
  assert.equal(transfer.recipient.email, person.email)
  assert.equal((await offer(name, person.email)).statusCode, 422)
  const as = { token: person.token }
  const [listed] = (await call('GET', '/account/app-transfers', undefined, as)).json()
  assert.equal(listed.id, transfer.id)
  assert.equal(listed.recipient.id, person.actor.accountId)
  assert.equal((await answer(transfer.id, 'accepted')).statusCode, 403)
  assert.equal((await answer(transfer.id, 'accepted', friend)).statusCode, 404)
  const both = await Promise.all([1, 2].map(() => answer(transfer.id, 'accepted', person)))
  assert.deepEqual(statusesOf(both), [200, 422])
  assert.equal(await look(name), 404)
  assert.equal(await look(name, friend), 200)
  const shown = (await call('GET', `/apps/${name}`, undefined, as)).json()
  assert.equal(shown.owner.email, person.email)
  const config = await call('GET', `/apps/${name}/config-vars`, undefined, as)
  assert.deepEqual(config.json(), { COLOUR: 'blue' })
  const coupling = await call('GET', `/apps/${name}/pipeline-couplings`, undefined, as)
  assert.equal(coupling.json().pipeline.id, pipeline.id)
  const people = (await call('GET', `/apps/${name}/collaborators`, undefined, as)).json()
  assert.deepEqual(
    people.map((one: { user: { email: string } }) => one.user.email).toSorted(),
    [friend.email, person.email].toSorted(),
  )
  const events = await platform.db
    .selectFrom('events')
    .select('teamId')
    .where('resourceId', '=', id)
    .where('action', '=', 'update')
    .execute()
  assert.equal(new Set(events.map(({ teamId }) => teamId)).size, 2)
})

test('an offer is declined or taken back, and says nothing of accounts', async () => {
  const person = await testPlatform.aPerson()
  const { name } = await anApp(testPlatform)
  const declined = (await offer(name, person.email)).json<{ id: string }>()
  assert.equal((await answer(declined.id, 'declined', person)).json().state, 'declined')
  assert.equal((await answer(declined.id, 'accepted', person)).statusCode, 422)
  const known = await offer(name, person.email)
  const path = `/account/app-transfers/${known.json().id}`
  assert.equal((await call('DELETE', path, undefined, { token: person.token })).statusCode, 403)
  assert.equal((await call('DELETE', path)).statusCode, 200)
  assert.equal((await answer(known.json().id, 'accepted', person)).statusCode, 404)
  const unknown = await offer(name, `nobody-${person.email}`)
  assert.deepEqual(Object.keys(unknown.json()), Object.keys(known.json()))
  for (const recipient of ['~', 'nonsense', testPlatform.actor.name])
    assert.equal((await offer(name, recipient)).statusCode, 422, recipient)
})

test('what was true when an app was offered is looked at again when it is accepted', async () => {
  const person = await testPlatform.aPerson()
  const { name: team } = await aTeam(testPlatform, [])
  const moved = await anApp(testPlatform)
  const offered = (await offer(moved.name, person.email)).json<{ id: string }>()
  await give(moved.name, team)
  assert.equal((await answer(offered.id, 'accepted', person)).statusCode, 404)
  const gone = await anApp(testPlatform)
  const late = (await offer(gone.name, person.email)).json<{ id: string }>()
  await call('DELETE', `/apps/${gone.name}`)
  assert.equal((await answer(late.id, 'accepted', person)).statusCode, 404)
})

test('of an acceptance and another transfer at once one wins, and none hangs', async () => {
  const person = await testPlatform.aPerson()
  const { name: team } = await aTeam(testPlatform, [])
  const { name, id } = await anApp(testPlatform)
  const offered = (await offer(name, person.email)).json<{ id: string }>()
  const both = await Promise.all([answer(offered.id, 'accepted', person), give(name, team)])
  assert.equal(both.filter(({ statusCode }) => statusCode === 200).length, 1)
  const owner = await platform.db
    .selectFrom('apps')
    .innerJoin('teams', 'teams.id', 'apps.teamId')
    .select('teams.personalAccountId')
    .where('apps.id', '=', id)
    .executeTakeFirstOrThrow()
  const accepted = both[0].statusCode === 200
  assert.equal(owner.personalAccountId, accepted ? person.actor.accountId : null)
})

test('an app goes to a team in which one may create apps, and from there to a member or another team', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['member', 'viewer', 'admin'])
  const { name: other } = await aTeam(testPlatform, [])
  const { member, viewer, admin } = people
  const outsider = await testPlatform.aPerson()
  const { name } = await anApp(testPlatform, { token: member.token })
  assert.equal((await give(name, other, member)).statusCode, 404)
  assert.equal((await give(name, outsider.email, member)).statusCode, 422)
  const viewers = await anApp(testPlatform, { token: viewer.token })
  assert.equal((await give(viewers.name, team, viewer)).statusCode, 403)
  const given = await give(name, team, member)
  assert.equal(given.json().team.name, team, given.body)
  assert.equal((await give(name, team)).statusCode, 422)
  assert.equal((await give(name, member.email, member)).statusCode, 403)
  assert.equal((await offer(name, outsider.email, admin)).statusCode, 422)
  assert.equal((await give(name, other, admin)).statusCode, 404)
  assert.equal((await give(name, outsider.email, admin)).statusCode, 404)
  const body = { user: outsider.email, permissions: ['manage', 'deploy'] }
  await call('POST', `/teams/apps/${name}/collaborators`, body)
  await call('PATCH', `/teams/apps/${name}`, { locked: true })
  const taken = await give(name, viewer.email, admin)
  assert.equal(taken.json().owner.email, viewer.email, taken.body)
  assert.equal(taken.json().locked, false)
  assert.equal(await look(name, admin), 404)
  const kept = await call('GET', `/apps/${name}/collaborators/${outsider.email}`, undefined, {
    token: outsider.token,
  })
  assert.deepEqual(
    kept.json().permissions.map((one: { name: string }) => one.name),
    ['view', 'deploy'],
  )
  const { name: third } = await anApp(testPlatform, { team })
  assert.equal((await give(third, other)).json().team.name, other)
  assert.equal((await give(third, `${team}@herokumanager.com`)).json().team.name, team)
  assert.equal((await call('PATCH', `/teams/apps/${third}`, {})).statusCode, 422)
  assert.equal(
    (await call('PATCH', `/teams/apps/${third}`, { locked: true, owner: other })).statusCode,
    422,
  )
})

test('a name goes over with its app: its old owner cannot take it again', async () => {
  const person = await testPlatform.aPerson()
  const { name } = await anApp(testPlatform)
  const { id } = (await offer(name, person.email)).json<{ id: string }>()
  await answer(id, 'accepted', person)
  await call('DELETE', `/apps/${name}`, undefined, { token: person.token })
  assert.equal((await call('POST', '/apps', { name })).statusCode, 422)
  assert.equal((await call('POST', '/apps', { name }, { token: person.token })).statusCode, 201)
})
