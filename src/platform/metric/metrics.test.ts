import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/** From a request through the router, and a dyno under the engine's eyes, to what the API answers. */
const running = await aRunningPlatform()
const { call, request, aSlug } = running
const LIMIT = { limitMs: 60_000, everyMs: 200 }

const SERVER = `import os, http.server
print('greeting is ' + os.environ.get('GREETING', ''), flush=True)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print('greeting is ' + os.environ.get('GREETING', ''), flush=True)
        self.send_response(404 if self.path == '/none' else 200); self.end_headers()
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

type Point = {
  requests: number
  latency_ms: { p50: number | null }
  memory_bytes: { average: number } | null
}

test('requests, latency and memory of a real app arrive; a mark reaches its very next lines', async () => {
  const app = await anApp(running)
  await call('PATCH', `/apps/${app.name}/config-vars`, { GREETING: 'good morning' })
  const { id: slug } = await aSlug(
    app.id,
    { 'server.py': SERVER },
    { web: 'exec python3 server.py' },
  )
  await call('POST', `/apps/${app.name}/releases`, { slug })
  await until(async () => (await request(app.name)).status === 200, LIMIT)
  for (let times = 0; times < 10; times++) await request(app.name)
  const points = async (): Promise<Point[]> =>
    (await call('GET', `/apps/${app.name}/metrics?process_type=web`))
      .json<{ process_types: { points: Point[] }[] }>()
      .process_types.flatMap((type) => type.points)
  const found = await until(async () => {
    const all = await points()
    const isThere =
      all.reduce((sum, { requests }) => sum + requests, 0) > 10 &&
      all.some(({ memory_bytes: memory }) => (memory?.average ?? 0) > 1_000_000)
    return isThere ? all : undefined
  }, LIMIT)
  assert.ok(found.some(({ latency_ms: { p50 } }) => p50 !== null && p50 < 5_000))

  const lines = async (): Promise<string> => {
    const session = await call('POST', `/apps/${app.name}/log-sessions`, { lines: 1_000 })
    const { logplex_url: url } = session.json<{ logplex_url: string }>()
    return (await call('GET', new URL(url).pathname + new URL(url).search)).body
  }
  await until(async () => (await lines()).includes('greeting is good morning'), LIMIT)
  await call('PATCH', `/apps/${app.name}/config-vars/marks`, { GREETING: 'secret' })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const before = (await lines()).split('good morning').length
  await request(app.name)
  await until(async () => (await lines()).includes('greeting is [REDACTED]'), LIMIT)
  assert.equal((await lines()).split('good morning').length, before)
})
