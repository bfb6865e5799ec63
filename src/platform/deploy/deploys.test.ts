import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/** Deploys with everything real: worker, engine, sandboxed dynos, router. */
const running = await aRunningPlatform()
const { call, request, aSlug } = running
const LIMIT = { limitMs: 60_000 }

const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write((open('page').read() + os.environ.get('SUFFIX', '')).encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const WEB = 'exec python3 server.py'

const aPage = (appId: string, page: string, types: Record<string, string> = { web: WEB }) =>
  aSlug(appId, { 'server.py': SERVER, page }, types)

type ReleaseJson = {
  id: string
  version: number
  status: string
  current: boolean
  failure_reason: string | null
}

const release = async (app: string, slugId: string): Promise<ReleaseJson> => {
  const answer = await call('POST', `/apps/${app}/releases`, { slug: slugId })
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json()
}
const outcomeOf = (app: string, version: number): Promise<ReleaseJson> =>
  until(
    async () => {
      const now = (await call('GET', `/apps/${app}/releases/${version}`)).json<ReleaseJson>()
      return now.status === 'pending' ? undefined : now
    },
    { ...LIMIT, what: `v${version} of ${app} to have an outcome` },
  )
const succeed = async (app: string, slugId: string): Promise<ReleaseJson> => {
  const { version } = await release(app, slugId)
  const outcome = await outcomeOf(app, version)
  assert.equal(outcome.status, 'succeeded', outcome.failure_reason ?? '')
  return outcome
}
const dynosOf = async (app: string) =>
  (await call('GET', `/apps/${app}/dynos`)).json<{ id: string; name: string; state: string }[]>()

test('a release serves once it has succeeded, and the next replaces it', async () => {
  const app = await anApp(running)
  const first = await succeed(app.name, (await aPage(app.id, 'one')).id)
  assert.deepEqual(await request(app.name), { status: 200, body: 'one' })
  const second = await succeed(app.name, (await aPage(app.id, 'two')).id)
  assert.ok(second.current && second.version === first.version + 1)
  assert.equal((await request(app.name)).body, 'two')
  await until(
    async () =>
      (
        await running.database.pool.query(
          'select 1 from dynos where app_id = $1 and stopped_at is null',
          [app.id],
        )
      ).rowCount === 1,
    LIMIT,
  )
})

test('a config change makes a release that serves with the new value', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'page')).id)
  assert.equal(
    (await call('PATCH', `/apps/${app.name}/config-vars`, { SUFFIX: ' and more' })).statusCode,
    200,
  )
  await until(async () => (await request(app.name)).body === 'page and more', LIMIT)
})

test('a release phase runs once, with the new config, before anything else', async () => {
  const app = await anApp(running)
  const slug = await aPage(app.id, 'page', { web: WEB, release: 'echo "migrating $SUFFIX"' })
  await succeed(app.name, slug.id)
  const { rows } = await running.database.pool.query(
    "select exit_status, restarts from dynos where app_id = $1 and type = 'release'",
    [app.id],
  )
  assert.deepEqual(rows, [{ exit_status: 0, restarts: 0 }])
})

test('a failing release phase, a crash at boot and an app without a port leave the old release serving', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'good')).id)
  for (const [types, reason] of [
    [{ web: WEB, release: 'exit 4' }, /exit status 4/],
    [{ web: 'exit 5' }, /exited with status 5/],
  ] as const) {
    const { version } = await release(app.name, (await aPage(app.id, 'bad', types)).id)
    const outcome = await outcomeOf(app.name, version)
    assert.equal(outcome.status, 'failed')
    assert.match(outcome.failure_reason ?? '', reason)
    assert.deepEqual(await request(app.name), { status: 200, body: 'good' })
  }
  assert.equal((await dynosOf(app.name)).length, 1)
})

test('a rollback serves the earlier slug again, as a new release', async () => {
  const app = await anApp(running)
  const first = await succeed(app.name, (await aPage(app.id, 'first')).id)
  await succeed(app.name, (await aPage(app.id, 'second')).id)
  const rolledBack = (
    await call('POST', `/apps/${app.name}/releases`, { release: `v${first.version}` })
  ).json<ReleaseJson>()
  assert.equal((await outcomeOf(app.name, rolledBack.version)).status, 'succeeded')
  assert.equal((await request(app.name)).body, 'first')
})

test('scaling adds and takes away dynos without a break', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'scaled')).id)
  const [before] = await dynosOf(app.name)
  const scale = async (quantity: number): Promise<void> => {
    const answer = await call('PATCH', `/apps/${app.name}/formation`, {
      updates: [{ type: 'web', quantity }],
    })
    assert.equal(answer.statusCode, 200, answer.body)
    await until(async () => {
      const dynos = await dynosOf(app.name)
      return dynos.length === quantity && dynos.every(({ state }) => state === 'up')
    }, LIMIT)
  }
  await scale(3)
  assert.ok((await dynosOf(app.name)).some(({ id }) => id === before?.id))
  assert.equal((await request(app.name)).status, 200)
  await scale(1)
  assert.deepEqual(
    (await dynosOf(app.name)).map(({ id }) => id),
    [before?.id],
  )
  assert.equal((await request(app.name)).status, 200)
})

test('a restart replaces every dyno, the new before the old', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'restarted')).id)
  const [before] = await dynosOf(app.name)
  assert.equal((await call('DELETE', `/apps/${app.name}/dynos`)).statusCode, 202)
  await until(async () => {
    const dynos = await dynosOf(app.name)
    assert.equal((await request(app.name)).status, 200)
    return dynos.length === 1 && dynos[0]?.id !== before?.id && dynos[0]?.state === 'up'
  }, LIMIT)
})

test('releases that are asked for all at once are deployed one after another, and the last one serves', async () => {
  const app = await anApp(running)
  const slugs = await Promise.all(['a', 'b', 'c', 'd'].map((page) => aPage(app.id, page)))
  const releases: ReleaseJson[] = []
  for (const { id } of slugs) releases.push(await release(app.name, id))
  for (const { version } of releases)
    assert.equal((await outcomeOf(app.name, version)).status, 'succeeded')
  assert.equal((await request(app.name)).body, 'd')
})

test('a deploy keeps as evidence what the router saw', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'seen')).id)
  for (let n = 0; n < 5; n++) await request(app.name)
  const { id } = await succeed(app.name, (await aPage(app.id, 'seen too')).id)
  for (let n = 0; n < 3; n++) await request(app.name)
  const read = async () => (await call('GET', `/apps/${app.name}/releases/${id}/deploy`)).json()
  const { evidence, status, steps } = await until(async () => {
    const deploy = await read()
    return deploy.evidence === null ? undefined : deploy
  }, LIMIT)
  assert.equal(status, 'succeeded')
  assert.equal(evidence.failed, 0)
  assert.deepEqual(
    steps.map(({ name }: { name: string }) => name),
    ['want-dynos', 'healthy', 'route', 'routed'],
  )
  assert.ok(steps.every(({ finished_at }: { finished_at: string | null }) => finished_at !== null))
})

test('a one-off dyno runs with the config of the app, and its end is known', async () => {
  const app = await anApp(running)
  await succeed(app.name, (await aPage(app.id, 'page')).id)
  const answer = await call('POST', `/apps/${app.name}/dynos`, { command: 'exit 6', attach: false })
  assert.equal(answer.statusCode, 201, answer.body)
  const { id } = answer.json<{ id: string }>()
  await until(async () => {
    const { rows } = await running.database.pool.query<{ state: string; exit_status: number }>(
      'select state, exit_status from dynos where id = $1',
      [id],
    )
    return rows[0]?.state === 'complete' && rows[0].exit_status === 6
  }, LIMIT)
})

test('a dyno that is replaced has as long to answer as its app says', async () => {
  const app = await anApp(running)
  const slow = SERVER.replace('self.send', 'import time; time.sleep(20); self.send')
  const { id } = await aSlug(app.id, { 'server.py': slow, page: 'slow' }, { web: WEB })
  await succeed(app.name, id)
  const traffic = await call('PATCH', `/apps/${app.name}/traffic`, { drain_seconds: 1 })
  assert.equal(traffic.statusCode, 200)
  const since = performance.now()
  const asked = request(app.name)
  await succeed(app.name, (await aPage(app.id, 'quick')).id)
  assert.equal((await asked).status, 503)
  assert.ok(performance.now() - since < 19_000)
  assert.equal((await request(app.name)).body, 'quick')
})
