import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, test } from 'node:test'
import { createApi } from '#/api/create-api.ts'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import { aLine } from '../../../test/support/logs.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'

const testPlatform = await aTestPlatform()
const { call, platform } = testPlatform
const { logs } = platform

const api = await createApi(platform)
api.server.listen(0, '127.0.0.1')
await once(api.server, 'listening')
after(async () => {
  api.server.close()
  api.server.closeAllConnections()
  await api.stop()
})

/** Path and query of a new session's URL. */
const aSession = async (app: string, body: object, token?: string): Promise<string> => {
  const created = await call('POST', `/apps/${app}/log-sessions`, body, token ? { token } : {})
  assert.equal(created.statusCode, 201, created.body)
  return pathOf(created.json<{ logplex_url: string }>().logplex_url)
}

const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search

const read = (path: string, headers: Record<string, string> = {}) =>
  call('GET', path, undefined, { headers: { authorization: '', ...headers } })

const dataOf = (events: string): string[] =>
  [...events.matchAll(/^data: (.*)$/gm)].map(([, line = '']) => line)

/** Texts of the lines, without time and dyno. */
const textsOf = (events: string): string[] =>
  dataOf(events).map((line) => line.replace(/^\S+ \S+: /, ''))

type Stream = AsyncDisposable & { response: IncomingMessage; events: () => string }

const openStream = async (path: string, headers: Record<string, string> = {}): Promise<Stream> => {
  const address = api.server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const request = get({ host: '127.0.0.1', port, path, headers, agent: false })
  const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage]
  let events = ''
  response.setEncoding('utf8').on('data', (some: string) => (events += some))
  response.on('error', () => {})
  return {
    response,
    events: () => events,
    [Symbol.asyncDispose]: async () => void request.destroy(),
  }
}

const LIMIT = { limitMs: 30_000 }

test('a session without tail sends the newest lines in the form that the CLI colours, and ends', async () => {
  const { id, name } = await anApp(testPlatform)
  logs.append(id, aLine('one', { at: Date.UTC(2026, 0, 2, 3, 4, 5, 6) }))
  logs.append(id, aLine('at=info method=GET', { source: 'heroku', dyno: 'router' }))
  await logs.flush()
  const response = await read(await aSession(name, { lines: 100, tail: false }))
  assert.equal(response.statusCode, 200)
  assert.match(String(response.headers['content-type']), /^text\/event-stream/)
  const [first, second] = dataOf(response.body).slice(-2)
  assert.equal(first, '2026-01-02T03:04:05.006000+00:00 app[web.1]: one')
  assert.match(second ?? '', / heroku\[router\]: at=info method=GET$/)
  assert.match(response.body, /^id: control-plane\.[0-9a-f]{8}:\d+$/m)
  assert.ok(response.body.endsWith('\n\n'))
})

test('the lines can be chosen by source, dyno and text, and their number is bounded', async () => {
  const { id, name } = await anApp(testPlatform)
  for (let n = 1; n <= 1_600; n += 1) logs.append(id, aLine(`web ${n}`))
  for (const dyno of ['worker.1', 'worker.2', 'worker.20']) logs.append(id, aLine(dyno, { dyno }))
  logs.append(id, aLine('Build succeeded', { source: 'heroku', dyno: 'build' }))
  await logs.flush()
  const found = async (body: object): Promise<string[]> =>
    textsOf((await read(await aSession(name, body))).body)
  assert.deepEqual(await found({ dyno: 'worker' }), ['worker.1', 'worker.2', 'worker.20'])
  assert.deepEqual(await found({ dyno: 'worker.2' }), ['worker.2'])
  assert.deepEqual(await found({ source: 'heroku', dyno: 'build' }), ['Build succeeded'])
  assert.deepEqual(await found({ text: 'WEB 77', lines: 2 }), ['web 778', 'web 779'])
  assert.deepEqual(await found({ to: '2020-01-01T00:00:00Z' }), [])
  logs.append(id, aLine('in 2021', { at: Date.UTC(2021, 5, 1) }))
  await logs.flush()
  const year = { from: '2021-01-01T00:00:00Z', to: '2022-01-01T00:00:00Z' }
  assert.deepEqual(await found(year), ['in 2021'])
  assert.deepEqual(await found({ ...year, text: 'web' }), [])
  assert.equal((await found({ lines: 5_000 })).length, 1_500)
  assert.equal((await found({})).length, 100)
  assert.deepEqual(await found({ dyno: '../../etc', source: '\n\ndata: x' }), [])
})

test('what a session cannot be is refused', async () => {
  const { name } = await anApp(testPlatform)
  const bodies = [
    { lines: -1 },
    { lines: '100' },
    { tail: 'yes' },
    { dyno: 'x'.repeat(65) },
    { from: 'yesterday' },
  ]
  for (const body of [...bodies, { text: '\u0001'.repeat(100) }])
    assert.equal((await call('POST', `/apps/${name}/log-sessions`, body)).statusCode, 422)
})

test('the URL is the permission: it can be neither altered nor made, and it ends', async () => {
  const { id, name } = await anApp(testPlatform)
  const other = await anApp(testPlatform)
  const path = await aSession(name, {})
  const forged = [
    path.replace(id, other.id),
    path.replace(/expires=\d+/, 'expires=99999999999'),
    path.replace(/signature=../, 'signature=00'),
    path.split('?')[0] ?? '',
    '/streams/logs/x/y',
  ]
  for (const url of forged) assert.equal((await read(url)).statusCode, 404, url)
})

test('only whoever may operate the app opens a session, and it is good no longer than that', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['member', 'viewer', 'collaborator'])
  const { name } = await anApp(testPlatform, { team })
  const asked = (token: string) => call('POST', `/apps/${name}/log-sessions`, {}, { token })
  assert.equal((await asked(people.viewer.token)).statusCode, 403)
  assert.equal((await asked(people.collaborator.token)).statusCode, 404)
  const path = await aSession(name, {}, people.member.token)
  assert.equal((await read(path)).statusCode, 200)
  await platform.db
    .deleteFrom('teamMembers')
    .where('accountId', '=', people.member.actor.accountId ?? '')
    .execute()
  assert.equal((await read(path)).statusCode, 404)
})

test('a tail sends the newest lines, then each new one, and goes on where it was cut off', async () => {
  const { id, name } = await anApp(testPlatform)
  logs.append(id, aLine('before'))
  await logs.flush()
  const path = await aSession(name, { tail: true })
  await using stream = await openStream(path)
  await until(() => stream.events().includes('before'), LIMIT)
  logs.append(id, aLine('after 1'))
  await until(() => stream.events().includes('after 1'), LIMIT)
  const lastEventId =
    /id: (.*)/.exec(stream.events().slice(stream.events().lastIndexOf('id: ')))?.[1] ?? ''
  await stream[Symbol.asyncDispose]()
  logs.append(id, aLine('after 2'))
  await logs.flush()
  await using again = await openStream(path, { 'last-event-id': lastEventId })
  await until(() => again.events().includes('after 2'), LIMIT)
  assert.deepEqual(textsOf(again.events()), ['after 2'])
})

test('an id that we never gave begins anew', async () => {
  const { id, name } = await anApp(testPlatform)
  logs.append(id, aLine('line'))
  await logs.flush()
  const path = await aSession(name, { tail: true })
  await using stream = await openStream(path, { 'last-event-id': '../../../etc:1' })
  await until(() => stream.events().includes('line'), LIMIT)
})
