import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, test } from 'node:test'
import { findListener } from '#/engine/process/listeners.ts'
import { followFeed } from '#/foundation/feed.ts'
import { ROUTE_FEED, type AppRoute, type RouterReport } from '#/platform/domain/route-feed.ts'
import { anApp } from '../../../test/support/apps.ts'
import { startLoad } from '../../../test/support/load.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/**
 * How many dynos a router may use, with everything real: at each change that a follower of the feed applies, those of
 * the route that do listen; and after each transaction, those of the rows, since a follower may apply two changes as one.
 */
const running = await aRunningPlatform()
const { call, aSlug } = running
const { db, log, paths } = running.platform
const { pool } = running.database
const LIMIT = { limitMs: 60_000 }

const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/die': os._exit(7)
        self.send_response(200); self.end_headers()
        self.wfile.write(open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
type App = { id: string; name: string }
type ReleaseJson = { version: number; status: string; failure_reason: string | null }

const aPage = (app: App, page: string, web = 'exec python3 server.py') =>
  aSlug(app.id, { 'server.py': SERVER, page }, { web })

const release = async (app: App, slugId: string): Promise<number> => {
  const answer = await call('POST', `/apps/${app.name}/releases`, { slug: slugId })
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json<ReleaseJson>().version
}
const outcomeOf = (app: App, version: number): Promise<ReleaseJson> =>
  until(async () => {
    const now = (await call('GET', `/apps/${app.name}/releases/${version}`)).json<ReleaseJson>()
    return now.status === 'pending' ? undefined : now
  }, LIMIT)
const succeed = async (app: App, version: number): Promise<void> => {
  const { status, failure_reason } = await outcomeOf(app, version)
  assert.equal(status, 'succeeded', failure_reason ?? '')
}
/** Nothing of the app's is under way, not even the end of what a deploy has replaced. */
const settle = (app: App): Promise<unknown> =>
  until(async () => {
    const { rows } = await pool.query(
      `select from deploys where app_id = $1 and status in ('queued', 'running')
       union all select from dynos where app_id = $1 and stopped_at is null and (retired_at is not null or not wanted)`,
      [app.id],
    )
    return rows.length === 0
  }, LIMIT)
const scale = async (app: App, quantity: number): Promise<void> => {
  const path = `/apps/${app.name}/formation/web`
  assert.equal((await call('PATCH', path, { quantity })).statusCode, 200)
  await settle(app)
}
const restart = async (app: App): Promise<void> => {
  assert.equal((await call('DELETE', `/apps/${app.name}/dynos`)).statusCode, 202)
  await settle(app)
}
const anAppWithThree = async (): Promise<App & { first: number }> => {
  const app = await anApp(running)
  const first = await release(app, (await aPage(app, 'one')).id)
  await succeed(app, first)
  await scale(app, 3)
  return { ...app, first }
}

const visitorsOf = ({ name }: App) => {
  const load = startLoad({ port: running.routerPort, host: `${name}.localhost` })
  after(load.stop) // whatever fails
  return load
}

const applied: { appId: string; usable: number }[] = []
const isListening = ({ port }: { port: number }): boolean =>
  findListener((one) => one.port === port) !== undefined
const note = ({ id, dynos }: AppRoute): void =>
  void applied.push({ appId: id, usable: dynos.filter(isListening).length })

before(async () => {
  await pool.query(`create table routable_counts (app_id uuid, count integer)`)
  await pool.query(`create function note_routable() returns trigger language plpgsql as $$
    begin
      insert into routable_counts select new.app_id, count(*) from dynos where app_id = new.app_id and routable;
      return null;
    end $$`)
  await pool.query(`create constraint trigger note_routable after insert or update on dynos
    deferrable initially deferred for each row execute function note_routable()`)
  const follower = followFeed<AppRoute, RouterReport>({
    path: paths.feedSocket,
    feed: ROUTE_FEED,
    follower: 'router-that-counts',
    log,
    applyTable: ({ rows }) => rows.forEach(note),
    applyChange: ({ set }) => set.forEach(note),
    wholeReport: () => ({ draining: [], counters: [] }),
  })
  after(follower.stop)
})

/** What was counted for the app while `work` went on: by the follower, and in the rows. */
const countDuring = async (
  app: App,
  work: () => Promise<void>,
): Promise<{ applied: number[]; committed: number[] }> => {
  const from = applied.length
  await pool.query('delete from routable_counts')
  await work()
  await settle(app)
  const { rows } = await pool.query<{ count: number }>(
    'select count from routable_counts where app_id = $1',
    [app.id],
  )
  const usable = applied.slice(from).filter(({ appId }) => appId === app.id)
  return { applied: usable.map((one) => one.usable), committed: rows.map(({ count }) => count) }
}
const assertNeverBelow = async (
  fewest: number,
  app: App,
  work: () => Promise<void>,
): Promise<void> => {
  const { applied: usable, committed } = await countDuring(app, work)
  assert.ok(usable.length > 0 && committed.length > 0, 'nothing was counted')
  assert.ok(Math.min(...usable) >= fewest, `applied: ${usable.join(' ')}`)
  assert.ok(Math.min(...committed) >= fewest, `committed: ${committed.join(' ')}`)
}

test('never fewer dynos than the formation has take requests: release, restart, scale, promotion, rollback, a crash at boot', async () => {
  const app = await anAppWithThree()
  const visits = visitorsOf(app)
  await assertNeverBelow(3, app, async () =>
    succeed(app, await release(app, (await aPage(app, 'two')).id)),
  )
  await assertNeverBelow(3, app, () => restart(app))
  await assertNeverBelow(3, app, async () => {
    const bad = await release(app, (await aPage(app, 'bad', 'exit 1')).id)
    assert.equal((await outcomeOf(app, bad)).status, 'failed')
    await restart(app)
  })
  await assertNeverBelow(3, app, async () => {
    const answer = await call('POST', `/apps/${app.name}/releases`, {
      release: `v${app.first}`,
    })
    assert.equal(answer.statusCode, 201, answer.body)
    await succeed(app, answer.json<ReleaseJson>().version)
  })
  await assertNeverBelow(3, app, () => promoteTo(app))
  await assertNeverBelow(2, app, () => scale(app, 2))
  await assertNeverBelow(2, app, () => scale(app, 3))
  assert.deepEqual((await visits.stop()).failures, [])
})

const promoteTo = async (target: App): Promise<void> => {
  const source = await anApp(running)
  await succeed(source, await release(source, (await aPage(source, 'promoted')).id))
  const { id } = (await call('POST', '/pipelines', { name: source.name })).json<{ id: string }>()
  for (const [app, stage] of [
    [source, 'staging'],
    [target, 'production'],
  ] as const)
    await call('POST', '/pipeline-couplings', { app: app.name, pipeline: id, stage })
  const promoted = await call('POST', '/pipeline-promotions', {
    pipeline: { id },
    source: { app: { id: source.id } },
    targets: [{ app: { id: target.id } }],
  })
  assert.equal(promoted.statusCode, 201, promoted.body)
  const path = `/pipeline-promotions/${promoted.json<{ id: string }>().id}`
  const { targets } = await until(async () => {
    const now = (await call('GET', path)).json()
    return now.settled_at ? now : undefined
  }, LIMIT)
  assert.equal(targets[0].status, 'succeeded')
}

test('an app whose old and new dynos may not overlap has none in between', async () => {
  const app = await anAppWithThree()
  await call('PATCH', `/apps/${app.name}/deploy-settings`, { overlap: false })
  const { applied: usable, committed } = await countDuring(app, () => restart(app))
  assert.equal(Math.min(...usable), 0, `applied: ${usable.join(' ')}`)
  assert.equal(Math.min(...committed), 0, `committed: ${committed.join(' ')}`)
})

type Address = { host: string; port: number }

/** The address of the app's new dyno once it is up, or of none: what is wanted is there, and not up. */
const newDyno = (app: App, state: string): Promise<Address> =>
  until(
    async () =>
      (
        await pool.query<Address>(
          `select host, port from dynos where app_id = $1 and state = $2 and retired_at is null and wanted
           order by created_at desc limit 1`,
          [app.id, state],
        )
      ).rows[0],
    LIMIT,
  )

/** Works at the moment when the app's one new dyno is healthy and the deploy cannot go on yet. */
const onceHealthy = async (app: App, work: (at: Address) => Promise<void>): Promise<void> => {
  await newDyno(app, 'starting')
  await db.transaction().execute(async (tx) => {
    // Whoever routes needs the lock of the app.
    await tx.selectFrom('apps').select('id').where('id', '=', app.id).forNoKeyUpdate().execute()
    await until(() => haveOfState(app, 'up', 2), LIMIT)
    await work(await newDyno(app, 'up'))
    await until(() => haveOfState(app, 'up', 1), LIMIT)
  })
}

const SLOW_START = 'sleep 1; exec python3 server.py'

test('a new dyno that crashes after it was healthy, before requests go to it, costs none of the old', async () => {
  const app = await anApp(running)
  await succeed(app, await release(app, (await aPage(app, 'one')).id))
  await settle(app)
  const visits = visitorsOf(app)
  await assertNeverBelow(1, app, async () => {
    const version = await release(app, (await aPage(app, 'two', SLOW_START)).id)
    await onceHealthy(app, crash)
    const { status, failure_reason } = await outcomeOf(app, version)
    assert.equal(status, 'failed')
    assert.match(failure_reason ?? '', /^web\.1 exited with status (7|unknown)/)
  })
  const { failures, bodies } = await visits.stop()
  assert.deepEqual({ failures, bodies }, { failures: [], bodies: ['one'] })
})

test('a restart whose new dyno crashes before the old one goes leaves that there', async () => {
  const app = await anApp(running)
  await succeed(app, await release(app, (await aPage(app, 'one', SLOW_START)).id))
  await settle(app)
  const before = (await call('GET', `/apps/${app.name}/dynos`)).json<{ id: string }[]>()
  await assertNeverBelow(1, app, async () => {
    await call('DELETE', `/apps/${app.name}/dynos`)
    await onceHealthy(app, crash)
  })
  const now = (await call('GET', `/apps/${app.name}/dynos`)).json<{ id: string }[]>()
  assert.deepEqual(
    now.map(({ id }) => id),
    before.map(({ id }) => id),
  )
})

const haveOfState = async (app: App, state: string, count: number): Promise<boolean> =>
  (
    await pool.query('select from dynos where app_id = $1 and state = $2 and wanted', [
      app.id,
      state,
    ])
  ).rows.length === count

const crash = (at: Address): Promise<void> =>
  new Promise((resolve) => get({ ...at, path: '/die' }).on('error', () => resolve()))
