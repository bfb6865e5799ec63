import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { aTeam, anApp } from '../../../test/support/apps.ts'
import { aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const test_ = await aTestPlatform()
const { call, platform } = test_

type Shown = {
  id: string
  resource: string
  action: string
  result: string
  actor: { email: string }
  remote_address: string | null
  request_id: string | null
  authorization: { id: string } | null
  team: { id: string } | null
  before: unknown
  after: unknown
}
const eventsAt = async (path: string, token?: string): Promise<Shown[]> => {
  const answer = await call('GET', path, undefined, token ? { token } : {})
  assert.ok(answer.statusCode < 300, answer.body)
  return answer.json<Shown[]>()
}
const statusAt = async (path: string, token: string): Promise<number> =>
  (await call('GET', path, undefined, { token })).statusCode

test('who may see an app sees what was done to it; from where, only owners and admins of its team', async () => {
  const { name: team, people } = await aTeam(test_, ['admin', 'member', 'viewer', 'collaborator'])
  const app = await anApp(test_, { team, token: people.member.token })
  const path = `/apps/${app.name}/events`
  for (const person of [people.viewer, people.member]) {
    const [made] = await eventsAt(path, person.token)
    assert.equal(made?.actor.email, people.member.email)
    assert.deepEqual(
      [made?.remote_address, made?.request_id, made?.authorization],
      [null, null, null],
    )
  }
  const [made] = await eventsAt(path, people.admin.token)
  assert.equal(made?.remote_address, '127.0.0.1')
  assert.equal(made?.authorization?.id, people.member.actor.authorizationId)
  assert.ok(made?.request_id)
  assert.equal(await statusAt(path, people.collaborator.token), 404)
  assert.equal(await statusAt(path, (await test_.aPerson()).token), 404)
})

test("a team's log is for its owners and admins, and keeps what was done to apps that are gone", async () => {
  const { name: team, people } = await aTeam(test_, ['admin', 'member', 'viewer'])
  const app = await anApp(test_, { team, token: people.member.token })
  assert.equal((await call('DELETE', `/apps/${app.id}`)).statusCode, 200)
  const path = `/teams/${team}/events`
  const events = await eventsAt(path, people.admin.token)
  assert.deepEqual(
    events.filter(({ resource }) => resource === 'app').map(({ action }) => action),
    ['create', 'destroy'],
  )
  for (const person of [people.member, people.viewer])
    assert.equal(await statusAt(path, person.token), 403)
  assert.equal(await statusAt(path, (await test_.aPerson()).token), 404)
})

test('events outlive the account, the team and the pipeline that they are about', async () => {
  const person = await test_.aPerson()
  await call('PATCH', '/account', { name: 'Ada' }, { token: person.token })
  const pipeline = await aPipeline(test_)
  await call('DELETE', `/pipelines/${pipeline.id}`)
  await test_.database.pool.query('delete from accounts where id = $1', [person.actor.accountId])
  const left = await eventsAt(`/events?actor=${person.actor.accountId}`)
  assert.deepEqual(
    left.map(({ resource, actor }) => [resource, actor.email]),
    [['account', person.email]],
  )
  const ofPipeline = (await eventsAt('/events?resource=pipeline')).map(({ action }) => action)
  assert.deepEqual(ofPipeline, ['create', 'destroy'])
})

test('a pipeline has its log, and so does the platform for its operator alone', async () => {
  const pipeline = await aPipeline(test_)
  const resources = (await eventsAt(`/pipelines/${pipeline.id}/events`)).map((one) => one.resource)
  assert.deepEqual(resources, ['pipeline', 'pipeline-coupling', 'pipeline-coupling'])
  assert.ok((await eventsAt('/events')).length > 3)
  const person = await test_.aPerson()
  assert.equal(await statusAt('/events', person.token), 403)
  assert.equal(await statusAt(`/pipelines/${pipeline.id}/events`, person.token), 404)
})

test('an account sees what it did and what was done about it, and nothing else', async () => {
  const person = await test_.aPerson()
  const other = await test_.aPerson()
  await call('PATCH', '/account', { name: 'Ada' }, { token: person.token })
  await insertEvent(platform.db, systemActor('sign-in'), {
    resource: 'session',
    action: 'create',
    result: 'failed',
    accountId: person.actor.accountId ?? '',
  })
  const own = await eventsAt('/account/events', person.token)
  assert.deepEqual(
    own.map(({ resource, action, result }) => [resource, action, result]),
    [
      ['account', 'create', 'success'],
      ['account', 'update', 'success'],
      ['session', 'create', 'failed'],
    ],
  )
  assert.deepEqual(
    (await eventsAt('/account/events', other.token)).map(({ resource }) => resource),
    ['account'],
  )
})

test('whatever the caller leaves out: an event of an app or pipeline has its team', async () => {
  const app = await anApp(test_)
  const pipeline = await aPipeline(test_)
  const event = { resource: 'thing', action: 'update' } as const
  await insertEvent(platform.db, systemActor('test'), { ...event, appId: app.id })
  await insertEvent(platform.db, systemActor('test'), { ...event, pipelineId: pipeline.id })
  const found = await eventsAt('/events?resource=thing')
  assert.equal(found.length, 2)
  assert.ok(found.every(({ team }) => team !== null))
})

test('filters narrow, and one that is not there or malformed is refused', async () => {
  const person = await test_.aPerson()
  const app = await anApp(test_, { token: person.token })
  await call('DELETE', `/apps/${app.id}`, undefined, { token: person.token })
  const path = '/account/events'
  const kinds = async (query: string): Promise<string[]> =>
    (await eventsAt(`${path}?${query}`, person.token)).map((one) => `${one.resource} ${one.action}`)
  assert.deepEqual(await kinds('resource=app'), ['app create', 'app destroy'])
  assert.deepEqual(await kinds('resource=app&action=destroy'), ['app destroy'])
  const email = encodeURIComponent(person.email.toUpperCase())
  assert.deepEqual(await kinds(`resource=app&actor=${email}`), ['app create', 'app destroy'])
  assert.deepEqual(await kinds(`actor=${person.actor.accountId}&action=destroy`), ['app destroy'])
  assert.deepEqual(await kinds('actor=nobody@example.com'), [])
  assert.deepEqual(await kinds('result=refused'), [])
  const soon = new Date(Date.now() + 60_000).toISOString()
  assert.deepEqual(await kinds(`since=${soon}`), [])
  assert.equal((await kinds(`until=${soon}&since=2020-01-01`)).length, (await kinds('')).length)
  const bad = ['since=yesterday', 'until=2026-13-01', 'actr=x', 'actor=', 'resource=a&resource=b']
  for (const query of [...bad, 'resource=%00'])
    assert.equal(await statusAt(`${path}?${query}`, person.token), 400, query)
})

test('pages go by id, both ways, and a malformed range is refused', async () => {
  const app = await anApp(test_)
  for (const maintenance of [true, false, true, false])
    await call('PATCH', `/apps/${app.id}`, { maintenance })
  const path = `/apps/${app.id}/events`
  for (const order of ['asc', 'desc']) {
    const seen: string[] = []
    let range = `id ..; max=2, order=${order}`
    for (;;) {
      const answer = await call('GET', path, undefined, { headers: { range } })
      seen.push(...answer.json<Shown[]>().map(({ id }) => id))
      if (answer.statusCode === 200) break
      assert.equal(answer.statusCode, 206)
      range = String(answer.headers['next-range'])
    }
    const all = (await eventsAt(path)).map(({ id }) => id)
    assert.deepEqual(seen, order === 'asc' ? all : all.toReversed())
  }
  for (const range of ['id x..', 'name ..', 'id ..; max=x'])
    assert.equal((await call('GET', path, undefined, { headers: { range } })).statusCode, 416)
})

test('the log comes as JSON lines and as CSV, in full, and no cell is a formula', async () => {
  const person = await test_.aPerson()
  const hostile = ['=1+1', '@SUM(A1)', '\t=1', 'a "quoted", text\r\nof two lines']
  for (const name of hostile) await call('PATCH', '/account', { name }, { token: person.token })
  await platform.db
    .insertInto('events')
    .values(
      Array.from({ length: 1_200 }, (_, index) => ({
        actorAccountId: person.actor.accountId,
        actorName: `=HYPERLINK("http://x/${index}")`,
        resource: '+thing',
        action: 'create' as const,
      })),
    )
    .execute()
  const get = (accept: string) =>
    call('GET', '/account/events', undefined, { token: person.token, headers: { accept } })
  const lines = await get('application/x-ndjson')
  assert.equal(lines.headers['content-type'], 'application/x-ndjson')
  const events = lines.body.trimEnd().split('\n')
  assert.equal(events.length, 1_205)
  assert.deepEqual(
    events.slice(1, 5).map((line) => (JSON.parse(line) as { after: { name: string } }).after.name),
    hostile,
  )
  const csv = await get('text/csv')
  assert.match(String(csv.headers['content-type']), /^text\/csv/)
  const rows = parseCsv(csv.body)
  assert.equal(rows.length, 1_206)
  assert.equal(rows[0]?.[0], 'id')
  assert.ok(rows.every((row) => row.length === rows[0]?.length))
  assert.deepEqual(
    rows.flat().filter((cell) => /^\s*[=+\-@]/.test(cell)),
    [],
  )
  assert.equal(rows.at(-1)?.[3], `'=HYPERLINK("http://x/1199")`)
})

/** RFC 4180, as a spreadsheet reads it. */
const parseCsv = (text: string): string[][] =>
  text
    .match(/(?:"(?:[^"]|"")*"|[^"\r\n])*\r\n/g)
    ?.map((line) =>
      (line.slice(0, -2).match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)/g) ?? []).map((cell) =>
        cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
      ),
    ) ?? []
