import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { aName } from '../../../test/support/apps.ts'
import { aControlPlane } from '../../../test/support/control-plane.ts'
import { endSleeper } from '../../../test/support/end-process.ts'
import { aBuildpack, aWorkingCopy } from '../../../test/support/git-platform.ts'
import { until } from '../../../test/support/until.ts'

/** With an engine, which stays: release phases and dynos really run. */
const plane = await aControlPlane({ withEngine: true })
const buildpack = await aBuildpack()
const LIMIT = { limitMs: 90_000, everyMs: 50 }

type Ref = { id: string; name: string }
type ReleaseJson = {
  id: string
  version: number
  status: string
  current: boolean
  description: string
  slug: { id: string } | null
}
type RecordJson = {
  id: string
  settled_at: string | null
  targets: { app: Ref; status: string; rollback: { release: object | null } | null }[]
}

/** Nobody else's `sleep` is as long as these. */
const FIRST = randomInt(1_000_000, 2_000_000)
const SECOND = FIRST + 1
const RELEASE_PHASE = FIRST + 2
/** The release phase of an app with BROKEN waits until somebody ends it, and has failed then. */
const procfile = (seconds: number): string =>
  `release: test -z "$BROKEN" || sleep ${RELEASE_PHASE}\nworker: exec sleep ${seconds}\n`

const releasesOf = (app: Ref): Promise<ReleaseJson[]> =>
  plane.call('GET', `/apps/${app.id}/releases`)
const countReleases = (apps: Ref[]): Promise<number[]> =>
  Promise.all(apps.map(async (app) => (await releasesOf(app)).length))
const currentOf = async (app: Ref): Promise<ReleaseJson> => {
  const found = (await releasesOf(app)).find(({ current }) => current)
  assert.ok(found, `${app.name} serves nothing`)
  return found
}
const slugOf = async (app: Ref): Promise<string | undefined> => (await currentOf(app)).slug?.id
const untilEnded = (app: Ref): Promise<unknown> =>
  until(async () => (await releasesOf(app)).every(({ status }) => status !== 'pending'), {
    ...LIMIT,
    what: `an end of the deploys of ${app.name}`,
  })

const promote = async (pipeline: Ref, source: Ref, targets: Ref[], allOrNothing: boolean) =>
  plane.call<Ref>('POST', '/pipeline-promotions', {
    pipeline: { id: pipeline.id },
    source: { app: { id: source.id } },
    targets: targets.map(({ id }) => ({ app: { id } })),
    all_or_nothing: allOrNothing,
  })

/** Targets that serve the first version of the source's code; the source has the second by now. */
const aPipeline = async (count: number) => {
  const make = (): Promise<Ref> => plane.call<Ref>('POST', '/apps', { name: aName() })
  const source = await make()
  const updates = [{ buildpack }]
  await plane.call('PUT', `/apps/${source.id}/buildpack-installations`, { updates })
  const copy = await aWorkingCopy({ Procfile: procfile(FIRST) })
  const push = async (): Promise<void> => {
    const pushed = await copy.git('push', await plane.urlOf(source.name), 'main')
    assert.equal(pushed.code, 0, pushed.stderr)
    await untilEnded(source)
  }
  await push()
  const pipeline = await plane.call<Ref>('POST', '/pipelines', { name: aName() })
  const couple = (app: Ref, stage: string) =>
    plane.call('POST', '/pipeline-couplings', { app: app.id, pipeline: pipeline.id, stage })
  await couple(source, 'staging')
  const targets: Ref[] = []
  for (let n = 0; n < count; n++) targets.push(await make())
  for (const target of targets) await couple(target, 'production')
  await promote(pipeline, source, targets, false)
  for (const target of targets) await untilEnded(target)
  await copy.commit({ Procfile: procfile(SECOND) })
  await push()
  return { pipeline, source, targets }
}

const countOf = async (query: string, apps: Ref[]): Promise<number> => {
  const { rows } = await plane.pool.query<{ count: number }>(
    `select count(*)::int as count from (${query}) as found`,
    [apps.map(({ id }) => id)],
  )
  return rows[0]?.count ?? 0
}
const UNFINISHED =
  "select 1 from deploys where app_id = any($1) and status in ('queued', 'running')"
const RAN_TWICE = `select release_id from dynos where app_id = any($1) and type = 'release'
  group by release_id having count(*) > 1 or sum(restarts) > 0`

const JOBS = ['run-deploys', 'stop-retired-dynos', 'settle-promotion', 'roll-back-crashed']
const untilIdle = async (): Promise<void> => {
  for (const job of JOBS) await plane.untilNone(job)
}

const assertWhole = async (apps: Ref[]): Promise<void> => {
  await untilIdle()
  assert.equal(await countOf(UNFINISHED, apps), 0, 'a deploy is unfinished')
  assert.equal(await countOf(RAN_TWICE, apps), 0, 'a release phase ran twice')
  for (const app of apps) {
    const releases = await releasesOf(app)
    assert.deepEqual(
      releases.map(({ version }) => version),
      releases.map((_, index) => index + 1),
    )
    assert.ok(releases.every(({ status }) => status !== 'pending'))
  }
}

test('of all or nothing, a control plane that is killed in the undo has undone each target once after its next start', async () => {
  await plane.start()
  const { pipeline, source, targets } = await aPipeline(2)
  const [good, bad] = targets
  assert.ok(good && bad)
  await plane.call('PATCH', `/apps/${bad.id}/config-vars`, { BROKEN: 'yes' })
  await endSleeper(RELEASE_PHASE) // a change of config runs it too
  await untilEnded(bad)
  const before = await slugOf(good)
  for (const failpoint of [
    'settle-begun',
    'settle-undone',
    'settle-done',
    'deploy-release-phase-wanted',
    'deploy-after-route',
  ]) {
    const [ofGood, ofBad] = await countReleases(targets)
    const { id } = await promote(pipeline, source, targets, true)
    await untilEnded(good)
    assert.equal(await slugOf(good), await slugOf(source), failpoint)
    await plane.untilNone('settle-promotion')
    await plane.arm(failpoint)
    await endSleeper(RELEASE_PHASE)
    await plane.ended()
    await plane.start()
    const record = await until(async () => {
      const found = await plane.call<RecordJson>('GET', `/pipeline-promotions/${id}`)
      return found.settled_at ? found : undefined
    }, LIMIT)
    await untilEnded(good)
    await assertWhole(targets)
    const of = (app: Ref) => record.targets.find((target) => target.app.id === app.id)
    assert.deepEqual([of(good)?.status, of(bad)?.status], ['succeeded', 'failed'], failpoint)
    assert.ok(of(good)?.rollback?.release, failpoint)
    assert.deepEqual([await slugOf(good), await slugOf(bad)], [before, before], failpoint)
    assert.deepEqual(await countReleases(targets), [Number(ofGood) + 2, Number(ofBad) + 1])
  }
})

test('a release that crashed is rolled back once, wherever the control plane is killed in that', async () => {
  const { pipeline, source, targets } = await aPipeline(1)
  const [app] = targets
  assert.ok(app)
  const policy = `/pipelines/${pipeline.id}/stages/production/policy`
  await plane.call('PATCH', policy, { auto_rollback_minutes: 60 })
  await plane.call('PATCH', `/apps/${app.id}/formation`, {
    updates: [{ type: 'worker', quantity: 1 }],
  })
  await untilIdle()
  const before = await slugOf(app)
  for (const failpoint of ['auto-rollback-begun', 'auto-rollback-made']) {
    const { length } = await releasesOf(app)
    await promote(pipeline, source, [app], false)
    await untilEnded(app)
    assert.equal(await slugOf(app), await slugOf(source), failpoint)
    await untilIdle()
    await plane.arm(failpoint)
    await endSleeper(SECOND)
    await plane.ended()
    await plane.start()
    await until(async () => (await slugOf(app)) === before, LIMIT)
    await untilEnded(app)
    await assertWhole([app])
    const releases = await releasesOf(app)
    assert.equal(releases.length, length + 2, failpoint)
    assert.match(releases.at(-1)?.description ?? '', /^Rollback to v\d+$/)
  }
})

test('a promotion whose control plane is killed at any step of its deploys ends once, and an app that failed serves what it did', async () => {
  const { pipeline, source, targets } = await aPipeline(2)
  const [good, bad] = targets
  assert.ok(good && bad)
  await plane.call('PATCH', `/apps/${bad.id}/config-vars`, { BROKEN: 'yes' })
  await endSleeper(RELEASE_PHASE)
  await untilEnded(bad)
  const before = await slugOf(bad)
  for (const failpoint of [
    'deploy-taken',
    'deploy-release-phase-wanted',
    'deploy-after-release-phase',
    'deploy-after-want-dynos',
    'deploy-after-healthy',
    'deploy-after-route',
    'deploy-after-routed',
  ]) {
    await untilIdle()
    const [ofGood, ofBad] = await countReleases(targets)
    await plane.arm(failpoint)
    const answered = await promote(pipeline, source, targets, false).catch(() => undefined)
    await plane.ended()
    await plane.start()
    await endSleeper(RELEASE_PHASE)
    const record = await until(async () => {
      const found = await plane.call<RecordJson[]>('GET', `/pipelines/${pipeline.id}/promotions`)
      return found[0]?.settled_at ? found[0] : undefined
    }, LIMIT)
    if (answered) assert.equal(record.id, answered.id, failpoint)
    await assertWhole(targets)
    const of = (app: Ref) => record.targets.find((target) => target.app.id === app.id)?.status
    assert.deepEqual([of(good), of(bad)], ['succeeded', 'failed'], failpoint)
    assert.deepEqual([await slugOf(good), await slugOf(bad)], [await slugOf(source), before])
    assert.deepEqual(
      await countReleases(targets),
      [Number(ofGood) + 1, Number(ofBad) + 1],
      failpoint,
    )
  }
})
