import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aMailServer, sendWaitingMail } from '../../../test/support/mail.ts'
import { aTestPlatform, type TestPlatform } from '../../../test/support/test-platform.ts'

const testPlatform = await aTestPlatform()
const { call, platform } = testPlatform
const { db } = platform

type Person = Awaited<ReturnType<TestPlatform['aPerson']>>

const operator: Person = {
  actor: testPlatform.actor,
  token: testPlatform.token,
  email: testPlatform.actor.name,
}

const setRole = (team: string, email: string, role: string, as = operator) =>
  call('PATCH', `/teams/${team}/members`, { email, role }, { token: as.token })
const remove = (team: string, email: string, as = operator) =>
  call('DELETE', `/teams/${team}/members/${email}`, undefined, { token: as.token })
const invite = (team: string, email: string, role = 'member', as = operator) =>
  call('PUT', `/teams/${team}/invitations`, { email, role }, { token: as.token })

const pathOf = (answer: { json: <T>() => T }): string =>
  new URL(answer.json<{ accept_url: string }>().accept_url).pathname
const accept = (path: string, as: Person) => call('POST', `${path}/accept`, {}, { token: as.token })

const rolesOf = async (team: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await call('GET', `/teams/${team}/members`))
      .json<{ email: string; role: string }[]>()
      .map(({ email, role }) => [email, role]),
  )

test('roles are changed by those who run the team, owners only by owners', async () => {
  const { name, people } = await aTeam(testPlatform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = people
  assert.equal((await setRole(name, viewer.email, 'member', admin)).json().role, 'member')
  assert.equal((await setRole(name, viewer.email, 'owner', admin)).statusCode, 403)
  assert.equal((await setRole(name, operator.email, 'member', admin)).statusCode, 403)
  assert.equal((await remove(name, operator.email, admin)).statusCode, 403)
  for (const person of [member, viewer]) {
    assert.equal((await setRole(name, person.email, 'admin', person)).statusCode, 403)
    assert.equal((await remove(name, admin.email, person)).statusCode, 403)
    assert.equal((await remove(name, 'nobody@example.com', person)).statusCode, 403)
  }
  assert.equal((await setRole(name, admin.email, 'owner')).statusCode, 200)
  for (const role of ['king', '', null, 7])
    assert.equal(
      (await call('PATCH', `/teams/${name}/members`, { email: member.email, role })).statusCode,
      422,
    )
  assert.equal((await setRole(name, 'nobody@example.com', 'member')).statusCode, 404)
})

test('the last owner neither leaves nor is demoted; of two at once one stays', async () => {
  const { name, people } = await aTeam(testPlatform, ['admin'])
  const { admin } = people
  for (const refused of [
    await remove(name, operator.email),
    await setRole(name, operator.email, 'admin'),
  ]) {
    assert.equal(refused.statusCode, 422)
    assert.match(refused.json().message, /only owner/)
  }
  await setRole(name, admin.email, 'owner')
  const both = await Promise.all([
    setRole(name, operator.email, 'admin', admin),
    setRole(name, admin.email, 'admin'),
    remove(name, operator.email),
    remove(name, admin.email, admin),
  ])
  const owners = await db
    .selectFrom('teamMembers')
    .innerJoin('teams', 'teams.id', 'teamMembers.teamId')
    .where('teams.name', '=', name)
    .where('role', '=', 'owner')
    .select('accountId')
    .execute()
  assert.equal(owners.length, 1, statusesOf(both).join())
})

test('several changes of one role at once leave an unbroken chain of events', async () => {
  const { name, people } = await aTeam(testPlatform, ['admin', 'member'])
  const { email } = people.member
  const roles = ['viewer', 'admin', 'collaborator', 'member', 'viewer']
  await Promise.all(
    roles.map((role, at) => setRole(name, email, role, at % 2 ? people.admin : operator)),
  )
  const { id } = (await call('GET', `/teams/${name}`)).json()
  const events = await db
    .selectFrom('events')
    .select(['before', 'after'])
    .where('teamId', '=', id)
    .where('resource', '=', 'team-member')
    .orderBy('id')
    .execute()
  for (const [at, event] of events.entries())
    if (at > 0) assert.deepEqual(event.before, events[at - 1]?.after)
  assert.deepEqual(events.at(-1)?.after, { user: email, role: (await rolesOf(name))[email] })
})

test('whoever is removed or leaves loses the apps of the team, also those they were granted', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['member', 'viewer'])
  const { name } = await anApp(testPlatform, { team })
  const look = async (as: Person): Promise<number> =>
    (await call('GET', `/apps/${name}`, undefined, { token: as.token })).statusCode
  for (const { email } of [people.member, people.viewer])
    await call('POST', `/teams/apps/${name}/collaborators`, {
      user: email,
      permissions: ['manage'],
    })
  assert.equal((await remove(team, people.member.email)).statusCode, 200)
  assert.equal((await remove(team, people.viewer.email, people.viewer)).statusCode, 200)
  assert.equal(await look(people.member), 404)
  assert.equal(await look(people.viewer), 404)
  assert.equal((await remove(team, people.viewer.email)).statusCode, 404)
})

test('an invitation is accepted once, by the account of its address alone', async () => {
  const { name: team } = await aTeam(testPlatform, [])
  const person = await testPlatform.aPerson()
  const stranger = await testPlatform.aPerson()
  const path = pathOf(await invite(team, person.email.toUpperCase(), 'viewer'))
  const [listed] = (await call('GET', `/teams/${team}/invitations`)).json()
  assert.equal(listed.user.email, person.email)
  assert.equal(listed.accept_url, undefined)
  assert.equal((await accept(path, stranger)).statusCode, 404)
  const token = path.split('/').at(-1) ?? ''
  assert.equal(
    (await call('GET', `/teams/invitations/${token}`, undefined, { token: person.token })).json()
      .role,
    'viewer',
  )
  const both = await Promise.all([1, 2, 3].map(() => accept(path, person)))
  assert.deepEqual(statusesOf(both), [200, 404, 404])
  assert.equal((await rolesOf(team))[person.email], 'viewer')
  assert.deepEqual((await call('GET', `/teams/${team}/invitations`)).json(), [])
  assert.equal((await invite(team, person.email)).statusCode, 422)
  assert.equal((await accept(path, person)).statusCode, 404)
})

test('a later invitation takes the place of an earlier; revoked, declined and expired ones are no good', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['admin'])
  const person = await testPlatform.aPerson()
  const first = pathOf(await invite(team, person.email))
  const second = pathOf(await invite(team, person.email, 'admin', people.admin))
  assert.equal((await accept(first, person)).statusCode, 404)
  await call('DELETE', `/teams/${team}/invitations/${person.email}`)
  assert.equal((await accept(second, person)).statusCode, 404)
  const third = pathOf(await invite(team, person.email))
  const as = { token: person.token }
  assert.equal((await call('POST', `${third}/decline`, {}, as)).statusCode, 200)
  assert.equal((await accept(third, person)).statusCode, 404)
  const fourth = pathOf(await invite(team, person.email))
  await db
    .updateTable('teamInvitations')
    .set({ expiresAt: new Date(0) })
    .execute()
  assert.equal((await accept(fourth, person)).statusCode, 404)
  const fifth = pathOf(await invite(team, person.email, 'member', people.admin))
  await remove(team, people.admin.email)
  assert.equal((await accept(fifth, person)).statusCode, 404)
})

test('only those who run the team invite, and only owners invite owners', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['admin', 'member', 'collaborator'])
  const email = 'new@example.com'
  assert.equal((await invite(team, email, 'admin', people.admin)).statusCode, 200)
  assert.equal((await invite(team, email, 'owner', people.admin)).statusCode, 403)
  assert.equal((await invite(team, email, 'owner')).statusCode, 200)
  assert.equal((await invite(team, email, 'member', people.admin)).statusCode, 403)
  assert.equal((await invite(team, email, 'member', people.member)).statusCode, 403)
  const seen = async (as: Person): Promise<number[]> =>
    Promise.all(
      ['invitations', 'members'].map(
        async (what) =>
          (await call('GET', `/teams/${team}/${what}`, undefined, { token: as.token })).statusCode,
      ),
    )
  assert.deepEqual(await seen(people.member), [200, 200])
  assert.deepEqual(await seen(people.collaborator), [403, 403])
  assert.equal((await invite(team, 'nonsense')).statusCode, 422)
})

test('where mail can be sent the link goes there, and nowhere else', async () => {
  const server = await aMailServer()
  const { name: team } = await aTeam(testPlatform, [])
  const person = await testPlatform.aPerson()
  platform.mail = server.settings
  try {
    const invited = await invite(team, person.email)
    assert.equal(invited.json().accept_url, undefined)
    await sendWaitingMail(testPlatform)
  } finally {
    platform.mail = null
  }
  const [mail] = server.mails
  assert.deepEqual(mail?.to, [person.email])
  const raw = (mail?.raw ?? '').replaceAll('=\r\n', '')
  const path = /\/team-invitations\/[0-9a-f]{64}/.exec(raw)?.[0] ?? ''
  assert.equal((await accept(path, person)).statusCode, 200)
})

test('a team is renamed, and destroyed once it has nothing any more', async () => {
  const { name, people } = await aTeam(testPlatform, ['admin'])
  const app = await anApp(testPlatform, { team: name })
  const renamed = aName()
  const as = { token: people.admin.token }
  assert.equal((await call('PATCH', `/teams/${name}`, { name: renamed }, as)).json().name, renamed)
  assert.equal((await call('GET', `/teams/${name}`)).statusCode, 404)
  assert.equal((await call('PATCH', `/teams/${renamed}`, { name: 'No Good' })).statusCode, 422)
  assert.equal((await call('DELETE', `/teams/${renamed}`, undefined, as)).statusCode, 403)
  assert.equal((await call('DELETE', `/teams/${renamed}`)).statusCode, 422)
  await call('DELETE', `/apps/${app.name}`)
  assert.equal((await call('DELETE', `/teams/${renamed}`)).statusCode, 200)
  assert.equal((await call('GET', `/teams/${renamed}`)).statusCode, 404)
  assert.equal((await call('POST', '/teams', { name: renamed })).statusCode, 201)
})

test('nothing comes to belong to a team that is destroyed at the same time', async () => {
  const { name } = await aTeam(testPlatform, [])
  const { id } = (await call('GET', `/teams/${name}`)).json<{ id: string }>()
  await Promise.all([
    call('DELETE', `/teams/${name}`),
    ...[1, 2, 3].map(() => call('POST', '/teams/apps', { team: name })),
    call('POST', '/pipelines', { name: aName(), owner: { id, type: 'team' } }),
  ])
  const team = await db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst()
  const apps = await db.selectFrom('apps').select('id').where('teamId', '=', id).execute()
  assert.ok(team?.destroyedAt === null || apps.length === 0)
})

test('a team shows itself to whoever has access to one of its apps, but not its people', async () => {
  const { name: team } = await aTeam(testPlatform, [])
  const { name } = await anApp(testPlatform, { team })
  const person = await testPlatform.aPerson()
  const as = { token: person.token }
  assert.equal((await call('GET', `/teams/${team}`, undefined, as)).statusCode, 404)
  const body = { user: person.email, permissions: ['manage', 'deploy'] }
  await call('POST', `/teams/apps/${name}/collaborators`, body)
  assert.equal((await call('GET', `/teams/${team}`, undefined, as)).json().role, 'collaborator')
  assert.equal((await call('GET', `/teams/${team}/features`, undefined, as)).statusCode, 200)
  assert.equal((await call('GET', `/teams/${team}/members`, undefined, as)).statusCode, 403)
  assert.equal((await call('POST', '/teams/apps', { team }, as)).statusCode, 403)
  const features = (await call('GET', `/teams/${team}/features`)).json<{ name: string }[]>()
  assert.deepEqual(
    features.map((feature) => feature.name),
    ['org-access-controls', 'team-invite-acceptance'],
  )
})
