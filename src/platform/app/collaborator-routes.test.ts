import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform, type TestPlatform } from '../../../test/support/test-platform.ts'
import { transaction } from '#/foundation/db.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { createAccount } from '#/platform/team/create-account.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

type Person = Awaited<ReturnType<TestPlatform['aPerson']>>
type Shown = {
  id: string
  role: string
  permissions: { name: string }[]
  user: { email: string; id: string }
}

const namesOf = ({ permissions }: Shown): string[] => permissions.map(({ name }) => name)

const add = (app: string, user: string, permissions?: string[], as?: Person) =>
  call(
    'POST',
    `/teams/apps/${app}/collaborators`,
    { user, ...(permissions ? { permissions } : {}) },
    as ? { token: as.token } : {},
  )

const look = async (app: string, as: Person): Promise<number> =>
  (await call('GET', `/apps/${app}`, undefined, { token: as.token })).statusCode

test('a grant gives exactly its permissions and view, and goes with its removal', async () => {
  const { name: team } = await aTeam(platform, [])
  const { name } = await anApp(platform, { team })
  const person = await platform.aPerson()
  assert.equal(await look(name, person), 404)
  const added = await add(name, person.email, ['operate'])
  assert.equal(added.statusCode, 201, added.body)
  assert.deepEqual(namesOf(added.json()), ['view', 'operate'])
  assert.equal(await look(name, person), 200)
  const as = { token: person.token }
  assert.equal((await call('POST', `/apps/${name}/log-sessions`, {}, as)).statusCode, 201)
  assert.equal((await call('POST', `/apps/${name}/sources`, {}, as)).statusCode, 403)
  const listed = (await call('GET', `/apps/${name}/collaborators`)).json<Shown[]>()
  assert.equal(listed.find(({ user }) => user.email === person.email)?.role, 'collaborator')
  const again = await add(name, person.email, ['view'])
  assert.equal(again.statusCode, 422)
  const path = `/teams/apps/${name}/collaborators/${person.email}`
  const changed = await call('PATCH', path, { permissions: ['deploy', 'view'] })
  assert.deepEqual(namesOf(changed.json()), ['view', 'deploy'])
  assert.equal(
    (await call('DELETE', `/apps/${name}/collaborators/${person.email}`)).statusCode,
    200,
  )
  assert.equal(await look(name, person), 404)
  const events = await db
    .selectFrom('events')
    .select(['action', 'before', 'after'])
    .where('resource', '=', 'collaborator')
    .orderBy('id')
    .execute()
  assert.deepEqual(events.slice(-3), [
    {
      action: 'create',
      before: null,
      after: { user: person.email, permissions: ['view', 'operate'] },
    },
    {
      action: 'update',
      before: { user: person.email, permissions: ['view', 'operate'] },
      after: { user: person.email, permissions: ['view', 'deploy'] },
    },
    {
      action: 'destroy',
      before: { user: person.email, permissions: ['view', 'deploy'] },
      after: null,
    },
  ])
})

test('nobody grants what they do not hold, and only managers grant at all', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const manager = await platform.aPerson()
  const friend = await platform.aPerson()
  await add(name, manager.email, ['manage'])
  assert.equal((await add(name, friend.email, ['deploy'], manager)).statusCode, 403)
  assert.equal((await add(name, friend.email, ['manage'], manager)).statusCode, 201)
  const friendPath = `/teams/apps/${name}/collaborators/${friend.email}`
  const patch = (path: string, permissions: string[], as: Person) =>
    call('PATCH', path, { permissions }, { token: as.token })
  assert.equal((await patch(friendPath, ['manage', 'operate'], friend)).statusCode, 403)
  await patch(friendPath, ['deploy', 'manage'], { ...manager, token: platform.token })
  assert.equal((await patch(friendPath, ['deploy'], manager)).statusCode, 200)
  for (const person of [people.member, people.viewer, friend])
    assert.equal((await add(name, 'x@example.com', ['view'], person)).statusCode, 403)
  const path = `/apps/${name}/collaborators/${manager.email}`
  for (const person of [people.member, people.viewer, friend])
    assert.equal((await call('DELETE', path, undefined, { token: person.token })).statusCode, 403)
})

test('sets of permissions that make no sense are refused', async () => {
  const { name: team } = await aTeam(platform, [])
  const { name } = await anApp(platform, { team })
  const own = await anApp(platform)
  const person = await platform.aPerson()
  for (const permissions of [['admin'], ['deploy', 'Deploy'], [''], ['view,deploy']])
    assert.equal((await add(name, person.email, permissions)).statusCode, 422)
  for (const permissions of [[7], 'deploy', null])
    assert.equal(
      (await call('POST', `/teams/apps/${name}/collaborators`, { user: person.email, permissions }))
        .statusCode,
      422,
    )
  assert.equal((await add(own.name, person.email, ['manage'])).statusCode, 422)
  assert.equal((await add(own.name, platform.actor.name)).statusCode, 422)
  for (const user of [
    '',
    'nobody',
    'a@b@c',
    'a\u0007@b',
    `${'x'.repeat(250)}@b`,
    '00000000-0000-0000-0000-000000000000',
  ])
    assert.ok([400, 422].includes((await add(name, user, ['view'])).statusCode), user)
})

test('collaborators of a personal app do all but manage it', async () => {
  const { name } = await anApp(platform)
  const person = await platform.aPerson()
  const added = await call('POST', `/apps/${name}/collaborators`, { user: person.email })
  assert.deepEqual(namesOf(added.json()), ['view', 'deploy', 'operate'])
  const as = { token: person.token }
  assert.equal((await call('PATCH', `/apps/${name}`, { maintenance: true }, as)).statusCode, 200)
  assert.equal((await call('PATCH', `/apps/${name}/config-vars`, { A: 'b' }, as)).statusCode, 200)
  assert.equal((await call('PATCH', `/apps/${name}`, { name: `${name}-x` }, as)).statusCode, 403)
  assert.equal((await call('DELETE', `/apps/${name}`, undefined, as)).statusCode, 403)
  const left = await call('DELETE', `/apps/${name}/collaborators/~`, undefined, as)
  assert.equal(left.statusCode, 200)
  assert.equal(await look(name, person), 404)
})

test('a locked app is for those who run its team and those who were granted it', async () => {
  const { name: team, people } = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const joined = await add(name, people.member.email, undefined, people.member)
  assert.equal(joined.statusCode, 201, joined.body)
  assert.deepEqual(namesOf(joined.json()), ['view', 'deploy', 'operate'])
  const greedy = await add(name, people.viewer.email, ['deploy'], people.viewer)
  assert.equal(greedy.statusCode, 403)
  const locked = await call('PATCH', `/teams/apps/${name}`, { locked: true })
  assert.equal(locked.json().locked, true, locked.body)
  assert.equal(await look(name, people.admin), 200)
  assert.equal(await look(name, people.member), 200)
  assert.equal(await look(name, people.viewer), 404)
  assert.equal((await add(name, people.viewer.email, undefined, people.viewer)).statusCode, 404)
  assert.equal((await add(name, people.viewer.email, ['view'], people.admin)).statusCode, 201)
  assert.equal(await look(name, people.viewer), 200)
  await call('DELETE', `/apps/${name}/collaborators/~`, undefined, { token: people.member.token })
  assert.equal(await look(name, people.member), 404)
  await call('PATCH', `/teams/apps/${name}`, { locked: false })
  assert.equal(await look(name, people.member), 200)
  const own = await anApp(platform)
  assert.equal((await call('PATCH', `/teams/apps/${own.name}`, { locked: true })).statusCode, 422)
})

test('an app can be made locked', async () => {
  const { name: team, people } = await aTeam(platform, ['member'])
  const made = await call('POST', '/teams/apps', { team, locked: true })
  assert.equal(made.json().locked, true, made.body)
  assert.equal(await look(made.json().name, people.member), 404)
})

test('it is not told whether there is an account; a grant waits for one', async () => {
  const { name } = await anApp(platform)
  const person = await platform.aPerson()
  const later = `later-${person.email}`
  const known = (await add(name, person.email)).json<Shown>()
  const unknown = (await add(name, later)).json<Shown>()
  assert.deepEqual(Object.keys(known), Object.keys(unknown))
  assert.notEqual(known.user.id, person.actor.accountId)
  assert.equal(known.user.id[14], unknown.user.id[14])
  const { token } = await transaction(db, (tx) =>
    createAccount(tx, systemActor('test'), { email: later.toUpperCase(), tokenDescription: 'x' }),
  )
  assert.equal((await call('GET', `/apps/${name}`, undefined, { token })).statusCode, 200)
  for (const ref of [unknown.id, unknown.user.id, later])
    assert.equal((await call('GET', `/apps/${name}/collaborators/${ref}`)).statusCode, 200, ref)
})

test('of several grants to one address at once one is made; of several changes the last stays', async () => {
  const { name: team } = await aTeam(platform, [])
  const { name, id } = await anApp(platform, { team })
  const person = await platform.aPerson()
  const both = await Promise.all([1, 2, 3].map(() => add(name, person.email, ['deploy'])))
  assert.deepEqual(statusesOf(both), [201, 422, 422])
  const path = `/teams/apps/${name}/collaborators/${person.email}`
  await Promise.all(
    [['view'], ['deploy'], ['operate'], ['manage']].map((permissions) =>
      call('PATCH', path, { permissions }),
    ),
  )
  const events = await db
    .selectFrom('events')
    .select(['before', 'after'])
    .where('appId', '=', id)
    .where('resource', '=', 'collaborator')
    .orderBy('id')
    .execute()
  assert.equal(events.length, 5)
  for (const [at, event] of events.entries())
    if (at > 0) assert.deepEqual(event.before, events[at - 1]?.after)
  const last = (await call('GET', path)).json<Shown>()
  const { after } = events.at(-1) ?? {}
  assert.deepEqual({ user: person.email, permissions: namesOf(last) }, after)
})
