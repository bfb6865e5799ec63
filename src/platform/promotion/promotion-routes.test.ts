import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getApp, updateApp } from '#/platform/app/app-store.ts'
import {
  getReleaseById,
  makeCurrent,
  markFailed,
  markSucceeded,
} from '#/platform/release/release-store.ts'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { anAppIn, aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform

type Ref = { id: string }

const promote = (
  pipeline: Ref,
  source: Ref & { release?: string },
  targets: Ref[],
  options: { token?: string } = {},
) =>
  call(
    'POST',
    '/pipeline-promotions',
    {
      pipeline: { id: pipeline.id },
      source: {
        app: { id: source.id },
        ...(source.release ? { release: { id: source.release } } : {}),
      },
      targets: targets.map(({ id }) => ({ app: { id } })),
    },
    options,
  )

const targetsOf = async (promotion: Ref) =>
  (await call('GET', `/pipeline-promotions/${promotion.id}/promotion-targets`)).json()

const releasesOf = async (app: Ref): Promise<{ version: number; description: string }[]> =>
  (await call('GET', `/apps/${app.id}/releases`)).json()

test('a promotion releases the very slug on the target, which keeps its config', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  await call('PATCH', `/apps/${production.id}/config-vars`, { STAGE: 'production' })
  await updateApp(db, actor, production.id, { stack: 'heroku-22' })
  const before = await getApp(db, actor, production.id, 'view')
  const answer = await promote(pipeline, staging, [production])
  assert.equal(answer.statusCode, 201, answer.body)
  const promotion = answer.json()
  assert.equal(promotion.status, 'pending')
  assert.deepEqual(promotion.pipeline, { id: pipeline.id })
  assert.equal(promotion.source.app.id, staging.id)
  const [target] = await targetsOf(promotion)
  assert.deepEqual(target.app, { id: production.id })
  assert.deepEqual(target.pipeline_promotion, { id: promotion.id })
  assert.equal(target.status, 'pending')
  assert.equal(target.error_message, null)
  const source = await getReleaseById(db, actor, promotion.source.release.id)
  const release = await getReleaseById(db, actor, target.release.id)
  assert.equal(release.slugId, source.slugId)
  assert.equal(release.configSnapshotId, before.configSnapshotId)
  assert.match(
    release.description,
    new RegExp(`^Promote ${staging.name} v${source.version} [0-9a-f]{8}$`),
  )
  const after = await getApp(db, actor, production.id, 'view')
  assert.deepEqual([after.stack, after.buildStack], ['heroku-24', before.buildStack])
  const formation = (await call('GET', `/apps/${production.id}/formation`)).json()
  assert.ok(formation.some(({ type }: { type: string }) => type === 'web'))
})

test('a target succeeds or fails with its release, and then the promotion is completed', async () => {
  const pipeline = await aPipeline(platform)
  const second = await anAppIn(platform, pipeline, 'production')
  const promotion = (
    await promote(pipeline, pipeline.staging, [second, pipeline.production])
  ).json()
  const statusNow = async () =>
    (await call('GET', `/pipeline-promotions/${promotion.id}`)).json().status
  const targets = await targetsOf(promotion)
  const releaseOn = (app: Ref): string =>
    targets.find((target: { app: Ref }) => target.app.id === app.id).release.id
  await makeCurrent(db, actor, await getReleaseById(db, actor, releaseOn(second)))
  await markSucceeded(db, actor, releaseOn(second))
  assert.equal(await statusNow(), 'pending')
  await markFailed(db, actor, releaseOn(pipeline.production), 'release command failed')
  assert.equal(await statusNow(), 'completed')
  const ended: { app: Ref; status: string; error_message: string | null }[] =
    await targetsOf(promotion)
  const of = (app: Ref) => ended.find((target) => target.app.id === app.id)
  assert.equal(of(second)?.status, 'succeeded')
  assert.equal(of(pipeline.production)?.status, 'failed')
  assert.equal(of(pipeline.production)?.error_message, 'release command failed')
})

test('a destroyed target does not keep the promotion pending', async () => {
  const pipeline = await aPipeline(platform)
  const promotion = (await promote(pipeline, pipeline.staging, [pipeline.production])).json()
  assert.equal((await call('DELETE', `/apps/${pipeline.production.id}`)).statusCode, 200)
  assert.equal(
    (await call('GET', `/pipeline-promotions/${promotion.id}`)).json().status,
    'completed',
  )
  assert.equal((await targetsOf(promotion))[0].status, 'failed')
})

test('what cannot be promoted is refused in words, and then nothing has changed', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const elsewhere = await aPipeline(platform)
  const alone = await anApp(platform)
  const before = await releasesOf(production)
  const refused = async (answer: Awaited<ReturnType<typeof call>>, words: RegExp) => {
    assert.equal(answer.statusCode, 422, answer.body)
    assert.match(answer.json().message, words)
  }
  await refused(await promote(pipeline, production, [staging]), /no code to promote/)
  await refused(await promote(pipeline, staging, []), /at least one app/)
  await refused(await promote(pipeline, staging, [staging]), /to itself/)
  await refused(await promote(pipeline, staging, [production, production]), /named twice/)
  await refused(await promote(pipeline, staging, [production, alone]), /not in the pipeline/)
  await refused(
    await promote(pipeline, staging, [production, elsewhere.production]),
    /not in the pipeline/,
  )
  await refused(await promote(elsewhere, staging, [production]), /not in the pipeline/)
  const nobody = { id: '00000000-0000-4000-8000-000000000000' }
  assert.equal((await promote(pipeline, staging, [production, nobody])).statusCode, 404)
  assert.equal((await promote(nobody, staging, [production])).statusCode, 404)
  assert.equal((await call('POST', '/pipeline-promotions', { pipeline: {} })).statusCode, 422)
  assert.deepEqual(await releasesOf(production), before)
})

test('an earlier release that succeeded can be promoted, one that failed or is pending cannot', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const [, earlier] = await releasesOf(staging)
  assert.ok(earlier)
  await aServingRelease(platform, staging, { web: 'serve' })
  const set = await call('PATCH', `/apps/${staging.id}/config-vars`, { PENDING: 'yes' })
  assert.equal(set.statusCode, 200)
  const promoted = await promote(pipeline, { ...staging, release: String(earlier.version) }, [
    production,
  ])
  assert.equal(promoted.statusCode, 201, promoted.body)
  const pending = (await releasesOf(staging)).at(-1)
  const refused = await promote(pipeline, { ...staging, release: String(pending?.version) }, [
    production,
  ])
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /has not succeeded/)
})

test('promotion takes deploy on the source and on every target', async () => {
  const team = await aTeam(platform, ['member', 'viewer'])
  const { member, viewer } = team.people
  const stranger = await platform.aPerson()
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const hidden = await anAppIn(platform, pipeline, 'production')
  assert.equal((await promote(pipeline, staging, [production], viewer)).statusCode, 403)
  assert.equal((await promote(pipeline, staging, [production], stranger)).statusCode, 404)
  assert.equal((await promote(pipeline, staging, [production, hidden], member)).statusCode, 404)
  assert.equal((await releasesOf(production)).length, 1)
  const settings = { production_promotion: 'deployers' }
  assert.equal((await call('PATCH', `/pipelines/${pipeline.id}`, settings)).statusCode, 200)
  assert.equal((await promote(pipeline, staging, [production], viewer)).statusCode, 403)
  const promoted = await promote(pipeline, staging, [production], member)
  assert.equal(promoted.statusCode, 201)
  const path = `/pipeline-promotions/${promoted.json().id}`
  assert.equal((await call('GET', path, undefined, viewer)).statusCode, 200)
  assert.equal((await call('GET', path, undefined, stranger)).statusCode, 404)
  assert.equal(
    (await call('GET', `${path}/promotion-targets`, undefined, stranger)).statusCode,
    404,
  )
})

test('only admins promote into production of a team’s pipeline, until its setting opens it to all who deploy', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const path = `/pipelines/${pipeline.id}`
  assert.equal((await call('GET', path)).json().production_promotion, 'admins')
  const other = await anAppIn(platform, pipeline, 'development', { team: team.name })
  assert.equal((await promote(pipeline, staging, [other], member)).statusCode, 201)
  const refused = await promote(pipeline, staging, [other, production], member)
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().message, /Only admins of the team .*production_promotion/)
  assert.equal((await releasesOf(other)).length, 2)
  assert.equal((await promote(pipeline, staging, [production], admin)).statusCode, 201)
  const open = { production_promotion: 'deployers' }
  assert.equal((await call('PATCH', path, open, member)).statusCode, 403)
  assert.equal((await call('PATCH', path, open, admin)).json().production_promotion, 'deployers')
  assert.equal((await promote(pipeline, staging, [production], member)).statusCode, 201)
  const closed = await call('PATCH', path, { production_promotion: 'admins' }, admin)
  assert.equal(closed.statusCode, 200)
  assert.equal((await promote(pipeline, staging, [production], member)).statusCode, 403)
  assert.equal((await call('PATCH', path, { production_promotion: 'all' })).statusCode, 422)
})

test('only its owner promotes into production of a personal pipeline, whoever has the apps', async () => {
  const team = await aTeam(platform, ['admin'])
  const pipeline = await aPipeline(platform)
  const source = await anAppIn(platform, pipeline, 'staging', { team: team.name })
  const target = await anAppIn(platform, pipeline, 'production', { team: team.name })
  await aServingRelease(platform, source, { web: 'serve' })
  const refused = await promote(pipeline, source, [target], team.people.admin)
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().message, /Only the owner of the personal pipeline/)
  assert.equal((await promote(pipeline, source, [target])).statusCode, 201)
  const open = { production_promotion: 'deployers' }
  assert.equal((await call('PATCH', `/pipelines/${pipeline.id}`, open)).statusCode, 422)
})

test('promotions, a change of the setting and a transfer at once come one after another', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  for (let round = 0; round < 3; round++) {
    const pipeline = await aPipeline(platform, { team: team.name })
    const { staging, production, id } = pipeline
    const answers = await Promise.all([
      promote(pipeline, staging, [production], member),
      call('PATCH', `/pipelines/${id}`, { production_promotion: 'deployers' }, admin),
      promote(pipeline, staging, [production], member),
      call('POST', '/pipeline-transfers', {
        pipeline: { id },
        new_owner: { id: admin.actor.accountId, type: 'user' },
      }),
      promote(pipeline, staging, [production], member),
    ])
    for (const { statusCode, body } of answers)
      assert.ok([200, 201, 403, 404].includes(statusCode), `${statusCode} ${body}`)
    assert.equal((await promote(pipeline, staging, [production], member)).statusCode, 403)
  }
})

test('promotions criss-cross among the same apps at once all happen, and versions rise by one', async () => {
  const pipeline = await aPipeline(platform)
  const apps = [pipeline.staging, pipeline.production]
  while (apps.length < 4) apps.push(await anAppIn(platform, pipeline, 'production'))
  for (const app of apps.slice(1)) await aServingRelease(platform, app, { web: 'serve' })
  const others = (app: Ref) => apps.filter(({ id }) => id !== app.id)
  const before = await Promise.all(apps.map(releasesOf))
  const rounds = 3
  const answers = await Promise.all(
    Array.from({ length: rounds }, () =>
      apps.map((app, index) =>
        promote(pipeline, app, index % 2 ? others(app) : others(app).toReversed()),
      ),
    ).flat(),
  )
  assert.deepEqual(
    answers.filter(({ statusCode }) => statusCode !== 201).map(({ body }) => body),
    [],
  )
  for (const [index, app] of apps.entries()) {
    const versions = (await releasesOf(app)).map(({ version }) => version)
    const expected = (before[index]?.length ?? 0) + rounds * (apps.length - 1)
    assert.deepEqual(
      versions,
      Array.from({ length: expected }, (_, at) => at + 1),
    )
    const current = await db
      .selectFrom('releases')
      .select('id')
      .where('appId', '=', app.id)
      .where('current', '=', true)
      .execute()
    assert.equal(current.length, 1)
  }
})
