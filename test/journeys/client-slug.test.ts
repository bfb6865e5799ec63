import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { aTarball } from '../support/tarballs.ts'
import { until } from '../support/until.ts'

/** A slug made elsewhere, as a client of Heroku's API makes one: announced, put, released, promoted. */
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(open('page').read().encode())
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
let platform: TestPlatform

before(async () => {
  platform = await startPlatform()
})
after(() => platform?.stop())

const post = async <T>(path: string, body: object): Promise<T> => {
  const token = assertSucceeds(await platform.sluice('auth:token')).stdout.trim()
  const answer = await fetch(`http://localhost:${platform.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, text)
  return JSON.parse(text) as T
}

test('its files are put, and it serves', async () => {
  for (const app of ['made-staging', 'made'])
    assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  type Slug = { id: string; blob: { method: string; url: string } }
  const slug = await post<Slug>('/apps/made-staging/slugs', { process_types: {} })
  assert.equal(slug.blob.method, 'put')
  const tarball = await aTarball({
    './app/Procfile': 'web: exec python3 server.py\n',
    './app/server.py': SERVER,
    './app/page': 'made elsewhere',
  })
  const sent = await fetch(slug.blob.url, { method: 'PUT', body: new Uint8Array(tarball) })
  assert.equal(sent.status, 200, await sent.text())
  await post('/apps/made-staging/releases', { slug: slug.id })
  const page = await until(
    async () => {
      const answer = await platform.request('made-staging')
      return answer.status === 200 ? answer : undefined
    },
    { limitMs: 60_000, everyMs: 200 },
  )
  assert.equal(page.body, 'made elsewhere')
})

test('it is promoted as any other', async () => {
  for (const args of [
    ['pipelines:create', 'made', '-a', 'made-staging', '-s', 'staging'],
    ['pipelines:add', 'made', '-a', 'made', '-s', 'production'],
  ])
    assertSucceeds(await platform.heroku(...args))
  assert.match(
    assertSucceeds(await platform.heroku('pipelines:promote', '-a', 'made-staging')).stdout,
    /succeeded/,
  )
  assert.equal((await platform.request('made')).body, 'made elsewhere')
})
