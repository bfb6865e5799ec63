import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/** With everything real: worker, engine, sandboxed dynos, router. */
const running = await aRunningPlatform()
const { call, request, aSlug } = running
const LIMIT = { limitMs: 60_000, everyMs: 50 }

/** Dies at the first request for /die. */
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists('mortal'): os._exit(7)
        self.send_response(200); self.end_headers(); self.wfile.write(open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

const release = async (app: { id: string; name: string }, files: Record<string, string>) => {
  const web = { web: 'exec python3 server.py' }
  const slug = await aSlug(app.id, { 'server.py': SERVER, ...files }, web)
  const answer = await call('POST', `/apps/${app.name}/releases`, { slug: slug.id })
  assert.equal(answer.statusCode, 201, answer.body)
  const { version } = answer.json<{ version: number }>()
  await until(async () => {
    const now = (await call('GET', `/apps/${app.name}/releases/${version}`)).json()
    return now.status === 'succeeded'
  }, LIMIT)
  return version
}

const aPolicedApp = async (minutes: number): Promise<{ id: string; name: string }> => {
  const app = await anApp(running)
  const pipeline = (await call('POST', '/pipelines', { name: app.name })).json<{ id: string }>()
  const body = { app: app.id, pipeline: pipeline.id, stage: 'production' }
  assert.equal((await call('POST', '/pipeline-couplings', body)).statusCode, 201)
  const path = `/pipelines/${pipeline.id}/stages/production/policy`
  const policy = await call('PATCH', path, { auto_rollback_minutes: minutes })
  assert.equal(policy.statusCode, 200, policy.body)
  return app
}

test('where the policy says so, a release that crashes soon is rolled back, once, with an event that says why', async () => {
  const app = await aPolicedApp(5)
  const good = await release(app, { page: 'good' })
  const bad = await release(app, { page: 'bad', mortal: 'yes' })
  await request(app.name)
  await until(async () => (await request(app.name)).body === 'good', LIMIT)
  const releases = (await call('GET', `/apps/${app.name}/releases`)).json<
    { version: number; description: string; user: { email: string } }[]
  >()
  assert.equal(releases.length, bad + 1)
  assert.equal(releases.at(-1)?.description, `Rollback to v${good}`)
  assert.equal(releases.at(-1)?.user.email, 'auto-rollback')
  const { rows } = await running.database.pool.query<{ after: { why: string } }>(
    "select after from events where app_id = $1 and actor_name = 'auto-rollback' and after ? 'why'",
    [app.id],
  )
  assert.equal(rows.length, 1)
  assert.match(rows[0]?.after.why ?? '', new RegExp(`^web\\.1 of v${bad} crashed: .*status 7`))
})

test('without such a policy a crash changes nothing', async () => {
  const app = await aPolicedApp(0)
  await release(app, { page: 'good' })
  const bad = await release(app, { page: 'bad', mortal: 'yes' })
  await request(app.name)
  await until(async () => {
    const { rowCount } = await running.database.pool.query(
      'select 1 from dynos where app_id = $1 and (restarts > 0 or exit_status = 7)',
      [app.id],
    )
    return (rowCount ?? 0) > 0
  }, LIMIT)
  const releases = (await call('GET', `/apps/${app.name}/releases`)).json<object[]>()
  assert.equal(releases.length, bad)
})
