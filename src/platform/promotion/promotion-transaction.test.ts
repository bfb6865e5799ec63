import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import {
  findCurrentRelease,
  findNewestRelease,
  getReleaseById,
  makeCurrent,
  markFailed,
  markSucceeded,
} from '#/platform/release/release-store.ts'
import { updateApp } from '#/platform/app/app-store.ts'
import { aServingRelease, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { anAppIn, aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { followPromotion } from './follow-promotion.ts'
import { recordPlan } from './record-plan.ts'
import { settlePromotion } from './settle-promotion.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform

type Ref = { id: string }
type Planned = {
  targets: [{ pending_release: { version: number }; findings: { code: string }[] }]
}
type Options = { token?: string; headers?: Record<string, string> }

const bodyOf = (pipeline: Ref, source: Ref, targets: Ref[], extra: object = {}) => ({
  pipeline: { id: pipeline.id },
  source: { app: { id: source.id } },
  targets: targets.map(({ id }) => ({ app: { id } })),
  ...extra,
})
const promote = (body: object, options: Options = {}) =>
  call('POST', '/pipeline-promotions', body, options)
const recordOf = async (promotion: Ref) =>
  (await call('GET', `/pipeline-promotions/${promotion.id}`)).json()
const releaseOf = async (promotion: Ref, app: Ref): Promise<string> => {
  const { targets } = await recordOf(promotion)
  return targets.find((one: { app: Ref }) => one.app.id === app.id).release.id
}
const succeed = async (promotion: Ref, app: Ref): Promise<void> => {
  const id = await releaseOf(promotion, app)
  await makeCurrent(db, actor, await getReleaseById(db, actor, id))
  await markSucceeded(db, actor, id)
}
const settle = (promotion: Ref) => settlePromotion(platform.platform, { promotionId: promotion.id })
const jobsOf = async (promotion: Ref): Promise<number> => {
  const { rows } = await sql<{ count: string }>`
    select count(*) from graphile_worker.jobs where key = ${`settle-promotion:${promotion.id}`}`.execute(
    db,
  )
  return Number(rows[0]?.count)
}

test('of all or nothing one failed target rolls the others back, by ordinary releases, once', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const second = await anAppIn(platform, pipeline, 'production')
  const third = await anAppIn(platform, pipeline, 'production')
  for (const app of [production, second, third])
    await aServingRelease(platform, app, { web: 'serve' })
  const before = await findCurrentRelease(db, actor, production.id)
  await call('PATCH', `/apps/${production.id}/config-vars`, { KEPT: 'yes' })
  const answer = await promote(
    bodyOf(pipeline, staging, [production, second, third], { all_or_nothing: true }),
  )
  const promotion = answer.json()
  await succeed(promotion, production)
  assert.equal(await jobsOf(promotion), 1)
  await settle(promotion)
  assert.equal((await recordOf(promotion)).settled_at, null)
  await markFailed(db, actor, await releaseOf(promotion, second), 'exited with status 1')
  await Promise.all([settle(promotion), settle(promotion)])
  await settle(promotion)
  const record = await recordOf(promotion)
  assert.ok(record.settled_at)
  const of = (app: Ref) => record.targets.find((one: { app: Ref }) => one.app.id === app.id)
  assert.equal(of(second).status, 'failed')
  assert.match(of(third).error_message, /another app of the promotion failed/)
  assert.ok(of(production).rollback.release.id)
  const undone = await getReleaseById(db, actor, of(production).rollback.release.id)
  assert.equal(undone.slugId, before?.slugId)
  assert.match(undone.description, /^Rollback code to v\d+$/)
  const releases = (await call('GET', `/apps/${production.id}/releases`)).json()
  assert.equal(releases.length, 5)
  assert.equal((await call('GET', `/apps/${production.id}/config-vars`)).json().KEPT, 'yes')
})

test('what served last cannot be undone where nothing was before, or something newer has come', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const fresh = await anAppIn(platform, pipeline, 'production')
  const failing = await anAppIn(platform, pipeline, 'production')
  await aServingRelease(platform, production, { web: 'serve' })
  const promotion = (
    await promote(bodyOf(pipeline, staging, [production, fresh, failing], { all_or_nothing: true }))
  ).json()
  await succeed(promotion, production)
  await succeed(promotion, fresh)
  await aServingRelease(platform, production, { web: 'newer' })
  await markFailed(db, actor, await releaseOf(promotion, failing), 'failed')
  await settle(promotion)
  const record = await recordOf(promotion)
  const noteOf = (app: Ref) =>
    record.targets.find((one: { app: Ref }) => one.app.id === app.id).rollback.note
  assert.match(noteOf(production), /has come after it/)
  assert.match(noteOf(fresh), /no code before/)
})

test('without all or nothing the others stay', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const second = await anAppIn(platform, pipeline, 'production')
  const promotion = (await promote(bodyOf(pipeline, staging, [production, second]))).json()
  await succeed(promotion, production)
  await markFailed(db, actor, await releaseOf(promotion, second), 'failed')
  await settle(promotion)
  const record = await recordOf(promotion)
  assert.ok(record.settled_at)
  assert.ok(record.targets.every(({ rollback }: { rollback: unknown }) => rollback === null))
})

test('a queued target is cancelled; what serves stays; who may not deploy there may not', async () => {
  const team = await aTeam(platform, ['viewer'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const second = await anAppIn(platform, pipeline, 'production', { team: team.name })
  const promotion = (await promote(bodyOf(pipeline, staging, [production, second]))).json()
  const path = `/pipeline-promotions/${promotion.id}/actions/cancel`
  assert.equal((await call('POST', path, undefined, team.people.viewer)).statusCode, 403)
  assert.equal((await call('POST', path, undefined, await platform.aPerson())).statusCode, 404)
  await succeed(promotion, production)
  await db
    .updateTable('deploys')
    .set({ status: 'succeeded', finishedAt: new Date() })
    .where('releaseId', '=', await releaseOf(promotion, production))
    .execute()
  const cancelled = await call('POST', path)
  assert.equal(cancelled.statusCode, 200, cancelled.body)
  assert.equal(cancelled.json().status, 'completed')
  const statuses = Object.fromEntries(
    cancelled
      .json()
      .targets.map(({ app, status }: { app: Ref; status: string }) => [app.id, status]),
  )
  assert.deepEqual(statuses, { [production.id]: 'succeeded', [second.id]: 'failed' })
  const deploy = await db
    .selectFrom('deploys')
    .select('status')
    .where('releaseId', '=', await releaseOf(promotion, second))
    .executeTakeFirstOrThrow()
  assert.equal(deploy.status, 'cancelled')
  const again = await call('POST', path)
  assert.equal(again.statusCode, 422)
  assert.match(again.json().message, /Nothing is left to cancel/)
})

test('a retry promotes the same release to the targets that failed, and says of which it is', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const second = await anAppIn(platform, pipeline, 'production')
  const promotion = (await promote(bodyOf(pipeline, staging, [production, second]))).json()
  const path = `/pipeline-promotions/${promotion.id}/actions/retry`
  const early = await call('POST', path)
  assert.equal(early.statusCode, 422)
  assert.match(early.json().message, /under way/)
  await succeed(promotion, production)
  await markFailed(db, actor, await releaseOf(promotion, second), 'failed')
  await aServingRelease(platform, staging, { web: 'newer' })
  const retried = await call('POST', path)
  assert.equal(retried.statusCode, 201, retried.body)
  const { targets, source, retry_of } = retried.json()
  assert.deepEqual(
    targets.map(({ app }: { app: Ref }) => app.id),
    [second.id],
  )
  assert.deepEqual(retry_of, { id: promotion.id })
  assert.equal(source.release.id, promotion.source.release.id)
  await succeed(retried.json(), second)
  const none = await call('POST', `/pipeline-promotions/${retried.json().id}/actions/retry`)
  assert.equal(none.statusCode, 422)
})

test('the same key makes one promotion, however often and at once it comes; another body is refused', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const body = bodyOf(pipeline, staging, [production])
  const headers = { 'idempotency-key': 'deploy-42' }
  const answers = await Promise.all([1, 2, 3, 4].map(() => promote(body, { headers })))
  assert.deepEqual(statusesOf(answers), [201, 201, 201, 201])
  assert.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  assert.equal((await call('GET', `/apps/${production.id}/releases`)).json().length, 2)
  const other = await promote({ ...body, all_or_nothing: true }, { headers })
  assert.equal(other.statusCode, 422)
  assert.match(other.json().message, /Idempotency-Key/)
  const stranger = await platform.aPerson()
  assert.equal((await promote(body, { ...stranger, headers })).statusCode, 404)
  assert.equal((await promote(body, { headers: { 'idempotency-key': '' } })).statusCode, 422)
  const long = { 'idempotency-key': 'k'.repeat(256) }
  assert.equal((await promote(body, { headers: long })).statusCode, 422)
})

test('a promotion by a plan is refused once an app has another release than the plan says', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const planPath = `/pipelines/${pipeline.id}/promotion-plans`
  const planned = async () =>
    (await call('POST', planPath, { source: { app: staging.id } })).json<Planned>()
  const old = await planned()
  await aServingRelease(platform, staging, { web: 'newer' })
  const stale = await promote(bodyOf(pipeline, staging, [production], { plan: old }))
  assert.equal(stale.statusCode, 409, stale.body)
  assert.match(stale.json().message, /Plan again/)
  const plan = await planned()
  await aServingRelease(platform, production, { web: 'serve' })
  const moved = await promote(bodyOf(pipeline, staging, [production], { plan }))
  assert.equal(moved.statusCode, 409, moved.body)
  const beforeConfig = await planned()
  await call('PATCH', `/apps/${production.id}/config-vars`, { GREETING: 'hello' })
  const coming = await findNewestRelease(db, actor, production.id)
  assert.equal(coming?.status, 'pending')
  const overtaken = await promote(bodyOf(pipeline, staging, [production], { plan: beforeConfig }))
  assert.equal(overtaken.statusCode, 409, overtaken.body)
  const afterConfig = await planned()
  assert.equal(afterConfig.targets[0].pending_release.version, coming.version)
  assert.ok(afterConfig.targets[0].findings.some(({ code }) => code === 'target.deploying'))
  await makeCurrent(db, actor, coming)
  await markSucceeded(db, actor, coming.id)
  const body = bodyOf(pipeline, staging, [production], { plan: afterConfig })
  const fresh = await promote(body)
  assert.equal(fresh.statusCode, 201, fresh.body)
})

test('a slug whose stack does not run here, a locked target and an empty stage are refused in words', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  await call('PATCH', `/pipelines/${pipeline.id}`, { production_promotion: 'deployers' })
  await updateApp(db, actor, production.id, { locked: true })
  const locked = await promote(bodyOf(pipeline, staging, [production]), member)
  assert.equal(locked.statusCode, 404, locked.body)
  await updateApp(db, actor, production.id, { locked: false })
  await db.updateTable('slugs').set({ stack: 'cedar-14' }).where('appId', '=', staging.id).execute()
  const refused = await promote(bodyOf(pipeline, staging, [production]))
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /cedar-14, which does not run here/)
  const planPath = `/pipelines/${pipeline.id}/promotion-plans`
  const planned = (await call('POST', planPath, { source: { app: staging.id } })).json()
  const found = planned.targets[0].findings.find(
    ({ code }: { code: string }) => code === 'stack.unsupported',
  )
  assert.equal(found?.level, 'blocking')
  assert.match(found?.message, /cedar-14, which does not run here/)
  const empty = await call('POST', planPath, { source: { app: production.id } })
  assert.equal(empty.statusCode, 422)
})

test('while the source is being deployed, what it serves is promoted', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const serving = await findCurrentRelease(db, actor, staging.id)
  await call('PATCH', `/apps/${staging.id}/config-vars`, { PENDING: 'yes' })
  const promotion = (await promote(bodyOf(pipeline, staging, [production]))).json()
  assert.equal(promotion.source.release.id, serving?.id)
})

test('two promotions to one app at once are deployed one after the other, each with its own code', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const other = await anAppIn(platform, pipeline, 'staging')
  await aServingRelease(platform, other, { web: 'other' })
  const answers = await Promise.all(
    [staging, other].map((source) => promote(bodyOf(pipeline, source, [production]))),
  )
  assert.deepEqual(statusesOf(answers), [201, 201])
  const deploys = await db
    .selectFrom('deploys')
    .innerJoin('releases', 'releases.id', 'deploys.releaseId')
    .select(['releases.id', 'releases.version', 'releases.slugId', 'deploys.status'])
    .where('deploys.appId', '=', production.id)
    .orderBy('deploys.number')
    .execute()
  const promoted = deploys.filter(({ slugId }) => slugId !== null)
  assert.deepEqual(
    promoted.map(({ status }) => status),
    ['queued', 'queued'],
  )
  const [first, second] = promoted
  assert.equal(second?.version, Number(first?.version) + 1)
  for (const [index, answer] of answers.entries()) {
    const source = [staging, other][index]
    const serving = await findCurrentRelease(db, actor, source?.id ?? '')
    const id = await releaseOf(answer.json(), production)
    assert.equal(promoted.find((one) => one.id === id)?.slugId, serving?.slugId)
  }
})

test('findings that the policy names block a promotion, and no others', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  await call('PATCH', `/apps/${staging.id}/config-vars`, { STRIPE_KEY: 'secret' })
  const path = `/pipelines/${pipeline.id}/stages/production/policy`
  const policy = (rules: string[]) => call('PATCH', path, { blocking_findings: rules })
  await policy(['config.*'])
  const refused = await promote(bodyOf(pipeline, staging, [production]))
  assert.equal(refused.statusCode, 422, refused.body)
  assert.match(refused.json().message, /STRIPE_KEY missing .*\(config\.missing\)/)
  assert.ok(!refused.body.includes('secret'))
  await policy(['paths.*'])
  assert.equal((await promote(bodyOf(pipeline, staging, [production]))).statusCode, 201)
})

test('promotions of a pipeline are listed, newest first and by pages, each to whoever may see its apps', async () => {
  const team = await aTeam(platform, ['viewer'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const made: string[] = []
  for (let n = 0; n < 3; n++)
    made.push((await promote(bodyOf(pipeline, pipeline.staging, [pipeline.production]))).json().id)
  const path = `/pipelines/${pipeline.id}/promotions`
  const list = async (options: Options) => {
    const answer = await call('GET', path, undefined, options)
    return { answer, ids: answer.json<Ref[]>().map(({ id }) => id) }
  }
  assert.deepEqual((await list({})).ids, made.toReversed())
  const first = await list({ headers: { range: 'number ..; max=2, order=desc' } })
  assert.equal(first.answer.statusCode, 206)
  assert.deepEqual(first.ids, [made[2], made[1]])
  const next = String(first.answer.headers['next-range'])
  assert.deepEqual((await list({ headers: { range: next } })).ids, [made[0]])
  assert.deepEqual((await list({ ...team.people.viewer })).ids.length, 3)
  await recordPlan(platform.platform, { promotionId: made[0] ?? '' })
  const record = (
    await call('GET', `/pipeline-promotions/${made[0]}`, undefined, team.people.viewer)
  ).json()
  assert.equal(record.plan.targets[0].config, null)
  assert.ok((await recordOf({ id: made[0] ?? '' })).plan.targets[0].config)
})

test('progress comes as events until the promotion has settled', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const promotion = (await promote(bodyOf(pipeline, staging, [production]))).json()
  const came: string[] = []
  const heard = (async () => {
    for await (const text of followPromotion(
      platform.platform,
      actor,
      promotion.id,
      new AbortController().signal,
    ))
      came.push(text)
  })()
  await succeed(promotion, production)
  await settle(promotion)
  await heard
  assert.ok(came.length >= 2)
  assert.match(came.at(-1) ?? '', /^event: promotion\ndata: .*"status":"succeeded"/)
})

test('code or config alone goes back, and the plan of a rollback says first what it changes', async () => {
  const pipeline = await aPipeline(platform)
  const { production: app } = pipeline
  const vars = `/apps/${app.id}/config-vars`
  await call('PATCH', vars, { OLD: '1', SAME: '1', MOVED: 'then' })
  const first = await aServingRelease(platform, app, { web: 'first' })
  await call('PATCH', vars, { OLD: null, NEW: '2', MOVED: 'now' })
  const second = await aServingRelease(platform, app, { web: 'second' })
  const body = { release: `v${first.version}` }
  const plan = (await call('POST', `/apps/${app.id}/rollback-plans`, body)).json()
  assert.deepEqual(plan.config, { added: ['OLD'], removed: ['NEW'], changed: ['MOVED'] })
  assert.equal(plan.code.same, false)
  const rollBack = async (only: string) => {
    const answer = await call('POST', `/apps/${app.id}/releases`, { ...body, only })
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json()
  }
  const config = await rollBack('config')
  assert.equal(config.slug.id, second.slugId)
  assert.deepEqual((await call('GET', vars)).json(), { OLD: '1', SAME: '1', MOVED: 'then' })
  await call('PATCH', vars, { AFTER: 'yes' })
  const code = await rollBack('code')
  assert.equal(code.slug.id, first.slugId)
  assert.equal((await call('GET', vars)).json().AFTER, 'yes')
  for (const bad of [
    { ...body, only: 'all' },
    { slug: first.slugId, only: 'code' },
    { release: 'v1', only: 'code' },
    { release: 'v99' },
  ]) {
    const { statusCode } = await call('POST', `/apps/${app.id}/releases`, bad)
    assert.ok(statusCode === 422 || statusCode === 404, JSON.stringify(bad))
  }
})
