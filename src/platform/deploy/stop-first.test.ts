import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'
import { cancelRelease } from './cancel-release.ts'

/** Apps of which old and new dynos may not run at the same time, with everything real. */
const running = await aRunningPlatform()
const { call, request, aSlug } = running
const { db } = running.platform
const LIMIT = { limitMs: 60_000 }

const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const aPage = (appId: string, page: string, web = 'exec python3 server.py') =>
  aSlug(appId, { 'server.py': SERVER, page }, { web })

type ReleaseJson = { version: number; status: string; current: boolean; failure_reason: string }

const release = async (app: string, slugId: string): Promise<ReleaseJson> => {
  const made = await call('POST', `/apps/${app}/releases`, { slug: slugId })
  assert.equal(made.statusCode, 201, made.body)
  const { version } = made.json<ReleaseJson>()
  return until(async () => {
    const now = (await call('GET', `/apps/${app}/releases/${version}`)).json<ReleaseJson>()
    return now.status === 'pending' ? undefined : now
  }, LIMIT)
}
const anAppThatCannotOverlap = async () => {
  const app = await anApp(running)
  const path = `/apps/${app.name}/deploy-settings`
  assert.deepEqual((await call('GET', path)).json(), { overlap: true })
  assert.deepEqual((await call('PATCH', path, { overlap: false })).json(), { overlap: false })
  return app
}
const dynosOf = (appId: string) =>
  db
    .selectFrom('dynos')
    .select(['createdAt', 'stoppedAt', 'deployId'])
    .where('appId', '=', appId)
    .orderBy('createdAt')
    .execute()

const assertNoneOverlap = async (appId: string): Promise<void> => {
  const dynos = await dynosOf(appId)
  for (const [index, { stoppedAt }] of dynos.slice(0, -1).entries())
    assert.ok(stoppedAt !== null && stoppedAt <= (dynos[index + 1]?.createdAt ?? stoppedAt))
}

/** Asks one time after the other until it is stopped; returns what was answered, each answer once. */
const keepAsking = (name: string): (() => Promise<string[]>) => {
  const answers = new Set<string>()
  let isOver = false
  const asked = (async () => {
    while (!isOver) {
      const { status, body } = await request(name)
      answers.add(`${status} ${body}`)
    }
  })()
  return async () => {
    isOver = true
    await asked
    return [...answers]
  }
}

test('who comes while the old dynos have stopped and the new ones start waits for them', async () => {
  const app = await anAppThatCannotOverlap()
  assert.equal((await release(app.name, (await aPage(app.id, 'one')).id)).status, 'succeeded')
  const stopAsking = keepAsking(app.name)
  const slow = await aPage(app.id, 'two', 'sleep 1; exec python3 server.py')
  assert.equal((await release(app.name, slow.id)).status, 'succeeded')
  const before = (await dynosOf(app.id)).length
  await call('DELETE', `/apps/${app.name}/dynos`)
  await until(async () => (await dynosOf(app.id)).length > before, LIMIT)
  await until(async () => (await request(app.name)).body === 'two', LIMIT)
  assert.deepEqual(await stopAsking(), ['200 one', '200 two'])
  await assertNoneOverlap(app.id)
})

test('the old dynos have stopped before new ones are wanted, in a release and in a restart', async () => {
  const app = await anAppThatCannotOverlap()
  assert.equal((await release(app.name, (await aPage(app.id, 'one')).id)).status, 'succeeded')
  await until(async () => (await request(app.name)).body === 'one', LIMIT)
  const second = await release(app.name, (await aPage(app.id, 'two')).id)
  assert.equal(second.status, 'succeeded', second.failure_reason)
  assert.equal((await request(app.name)).body, 'two')
  await assertNoneOverlap(app.id)
  const before = (await dynosOf(app.id)).length
  await call('DELETE', `/apps/${app.name}/dynos`)
  await until(async () => (await dynosOf(app.id)).length > before, LIMIT)
  await until(async () => (await request(app.name)).body === 'two', LIMIT)
  await assertNoneOverlap(app.id)
  const { evidence } = await until(async () => {
    const path = `/apps/${app.name}/releases/${second.version}/deploy`
    const deploy = (await call('GET', path)).json<{ evidence: Record<string, number> | null }>()
    return deploy.evidence ? deploy : undefined
  }, LIMIT)
  assert.equal(evidence?.['failed'], 0)
})

test('if the new release does not start, the current one is started again', async () => {
  const app = await anAppThatCannotOverlap()
  await release(app.name, (await aPage(app.id, 'good')).id)
  const bad = await release(app.name, (await aPage(app.id, 'bad', 'exit 1')).id)
  assert.equal(bad.status, 'failed')
  await until(async () => (await request(app.name)).body === 'good', LIMIT)
  await assertNoneOverlap(app.id)
})

test('a release that is cancelled after the old dynos were stopped brings them back', async () => {
  const app = await anAppThatCannotOverlap()
  assert.equal((await release(app.name, (await aPage(app.id, 'one')).id)).status, 'succeeded')
  const slug = await aPage(app.id, 'never', 'exec sleep 1000')
  const made = (await call('POST', `/apps/${app.name}/releases`, { slug: slug.id })).json<{
    id: string
  }>()
  await until(async () => (await dynosOf(app.id)).length === 2, LIMIT) // the old one has stopped by then
  assert.ok(
    await db
      .transaction()
      .execute((tx) =>
        cancelRelease(tx, running.actor, { id: made.id, appId: app.id }, 'Cancelled'),
      ),
  )
  await until(async () => (await request(app.name)).body === 'one', LIMIT)
})
