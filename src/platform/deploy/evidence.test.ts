import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aSharedPort } from '../../../test/support/router-process.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/** What visitors counted themselves against what a deploy keeps of it, with three routers and everything else real. */
const running = await aRunningPlatform()
const { call, aSlug, routerPort } = running
const { pool } = running.database
const source = { dir: running.platform.paths.root }
const LIMIT = { limitMs: 60_000 }

/** `/held` is answered once somebody asked for `/go`, `/nap` after two seconds, `/hang-up` never. */
const SERVER = `import os, socket, threading, time, http.server
gate = threading.Event()
held = []
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/go': gate.set()
        if self.path == '/held':
            held.append(1)
            gate.wait()
        if self.path == '/nap': time.sleep(2)
        if self.path == '/hang-up': return self.connection.shutdown(socket.SHUT_RDWR)
        self.send_response(200); self.end_headers()
        self.wfile.write(str(len(held)).encode() if self.path == '/count' else open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
type App = { id: string; name: string }
type Evidence = {
  served_by_old: number
  served_by_new: number
  drained: number
  failed: number
  longest_ms: number
  complete: boolean
}
type Address = { host: string; port: number }

const visit = (app: App, port: number, path = '/'): Promise<string> =>
  new Promise((resolve) => {
    const headers = { host: `${app.name}.localhost` }
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let body = ''
      response.on('data', (bytes: Buffer) => (body += bytes.toString()))
      response.on('end', () => resolve(response.statusCode === 200 ? body : 'failed'))
      response.on('error', () => resolve('failed'))
    }).on('error', () => resolve('failed'))
  })
const visits = (count: number, app: App, port: number, path = '/'): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => visit(app, port, path)))

const outcomeOf = async (app: App, version: number): Promise<void> => {
  const { status, failure_reason } = await until(async () => {
    const now = (await call('GET', `/apps/${app.name}/releases/${version}`)).json()
    return now.status === 'pending' ? undefined : now
  }, LIMIT)
  assert.equal(status, 'succeeded', failure_reason)
}
const release = async (app: App, page: string): Promise<number> => {
  const files = { 'server.py': SERVER, page }
  const { id } = await aSlug(app.id, files, { web: 'exec python3 server.py' })
  const answer = await call('POST', `/apps/${app.name}/releases`, { slug: id })
  assert.equal(answer.statusCode, 201, answer.body)
  const { version } = answer.json<{ version: number }>()
  await outcomeOf(app, version)
  return version
}
const dynoOf = async (app: App): Promise<Address> => {
  const { rows } = await pool.query<Address>(
    'select host, port from dynos where app_id = $1 and routable',
    [app.id],
  )
  return rows[0] ?? assert.fail('no dyno takes requests')
}
/** GET at the dyno itself, past the routers. */
const ask = (at: Address, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ ...at, path, agent: false }, (response) => {
      let body = ''
      response.on('data', (bytes: Buffer) => (body += bytes.toString()))
      response.on('end', () => resolve(body))
    }).on('error', reject)
  })
const untilHolds = (at: Address, count: number): Promise<unknown> =>
  until(async () => (await ask(at, '/count')) === String(count), LIMIT)
const evidenceOf = (app: App, version: number): Promise<Evidence> =>
  until(async () => {
    const path = `/apps/${app.name}/releases/${version}/deploy`
    return (await call('GET', path)).json<{ evidence: Evidence | null }>().evidence ?? undefined
  }, LIMIT)

const aRouter = async (name: string) => {
  const door = aSharedPort()
  after(() => door[Symbol.asyncDispose]())
  const { stop } = await door.startRouter(source, [], '--name', name)
  return { port: door.port, stop }
}
const [east, west] = await Promise.all([aRouter('east'), aRouter('west')])

test('served, drained and failed are what visitors counted, however many routers they came by', async () => {
  const app = await anApp(running)
  await release(app, 'old')
  const old = await dynoOf(app)
  const held = [visits(3, app, routerPort, '/held'), visits(2, app, east.port, '/held')]
  await untilHolds(old, 5)
  const version = await release(app, 'new')
  const quick = [
    ...(await visits(4, app, routerPort)),
    ...(await visits(3, app, east.port)),
    ...(await visits(2, app, west.port)),
  ]
  assert.deepEqual(new Set(quick), new Set(['new']))
  assert.equal(await visit(app, west.port, '/hang-up'), 'failed')
  await running.breakFeeds() // what is told again counts once
  await ask(old, '/go')
  assert.deepEqual(new Set((await Promise.all(held)).flat()), new Set(['old']))
  const { longest_ms, ...counts } = await evidenceOf(app, version)
  assert.deepEqual(counts, {
    served_by_old: 5,
    served_by_new: 9,
    drained: 5,
    failed: 1,
    complete: true,
  })
  assert.ok(longest_ms > 0)
})

test('the longest is of the deploy, not of the life of the dynos before; in a rollback as well', async () => {
  const app = await anApp(running)
  const first = await release(app, 'one')
  assert.equal(await visit(app, routerPort, '/nap'), 'one')
  const second = await release(app, 'two')
  assert.ok((await evidenceOf(app, second)).longest_ms < 2000)
  const old = await dynoOf(app)
  const held = visits(1, app, west.port, '/held')
  await untilHolds(old, 1)
  const answer = await call('POST', `/apps/${app.name}/releases`, { release: `v${first}` })
  const { version } = answer.json<{ version: number }>()
  await outcomeOf(app, version)
  assert.equal(await visit(app, east.port, '/nap'), 'one')
  await ask(old, '/go')
  assert.deepEqual(await held, ['two'])
  const { longest_ms, ...counts } = await evidenceOf(app, version)
  assert.deepEqual(counts, {
    served_by_old: 1,
    served_by_new: 1,
    drained: 1,
    failed: 0,
    complete: true,
  })
  assert.ok(longest_ms >= 2000)
})

test('a router that ends in order has told all; of one that is killed the evidence says that it is not complete', async () => {
  const app = await anApp(running)
  await release(app, 'old')
  const deployWith = async (page: string, end: NodeJS.Signals, name: string) => {
    const old = await dynoOf(app)
    const router = await aRouter(name)
    const held = [visits(1, app, routerPort, '/held'), visits(2, app, router.port, '/held')]
    await untilHolds(old, 3)
    const version = await release(app, page)
    const ended = router.stop(end)
    if (end === 'SIGKILL') await ended
    await ask(old, '/go')
    const answers = (await Promise.all(held)).flat()
    await ended
    const { longest_ms: _, ...counts } = await evidenceOf(app, version)
    return { answers, counts }
  }
  const inOrder = await deployWith('second', 'SIGINT', 'north')
  assert.deepEqual(inOrder, {
    answers: ['old', 'old', 'old'],
    counts: { served_by_old: 3, served_by_new: 0, drained: 3, failed: 0, complete: true },
  })
  const killed = await deployWith('third', 'SIGKILL', 'south')
  assert.deepEqual(killed, {
    answers: ['second', 'failed', 'failed'],
    counts: { served_by_old: 1, served_by_new: 0, drained: 1, failed: 0, complete: false },
  })
})

const countRouters = async (): Promise<number | null> =>
  (await pool.query("select from followers where feed = 'routes'")).rowCount

test('a router that comes within a deploy and is killed before it has told anything is missed as well', async () => {
  const app = await anApp(running)
  await release(app, 'old')
  const deployWith = async (page: string, end: NodeJS.Signals, name: string) => {
    const old = await dynoOf(app)
    const held = visits(1, app, routerPort, '/held')
    await untilHolds(old, 1)
    const version = await release(app, page)
    const router = await aRouter(name)
    const answer = await visit(app, router.port)
    await router.stop(end)
    await until(async () => (await countRouters()) === 3, LIMIT) // so long it counts as if it were there
    await ask(old, '/go')
    await held
    return { answer, complete: (await evidenceOf(app, version)).complete }
  }
  const inOrder = await deployWith('second', 'SIGINT', 'early')
  assert.deepEqual(inOrder, { answer: 'second', complete: true })
  const killed = await deployWith('third', 'SIGKILL', 'late')
  assert.deepEqual(killed, { answer: 'third', complete: false })
})
