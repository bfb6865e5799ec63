import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aBareRepository } from '../../../test/support/git.ts'
import { anAppIn, aPipeline, type TestPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db, paths } = platform.platform
await mkdir(paths.git, { recursive: true })

const plan = (pipeline: TestPipeline, body: object = {}, options: { token?: string } = {}) =>
  call(
    'POST',
    `/pipelines/${pipeline.name}/promotion-plans`,
    { source: { app: pipeline.staging.name }, ...body },
    options,
  )

const setConfig = async (app: { id: string }, vars: Record<string, string>): Promise<void> => {
  const { statusCode, body } = await call('PATCH', `/apps/${app.id}/config-vars`, vars)
  assert.equal(statusCode, 200, body)
}

/** Code that serves, built of that commit. */
const serve = async (
  app: { id: string },
  commit: string,
  processTypes: Record<string, string> = { web: 'serve' },
): Promise<void> => {
  const { slugId } = await aServingRelease(platform, app, processTypes)
  await db.updateTable('slugs').set({ commit }).where('id', '=', slugId).execute()
}

test('the plan tells code, config, add-ons, processes and release command apart before anything changes', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const { commit } = await aBareRepository(join(paths.git, `${staging.id}.git`))
  const first = await commit('First', { 'a.txt': '1' })
  await serve(production, first, { web: 'serve', clock: 'tick' })
  await commit('Second', { 'a.txt': '2' })
  const newest = await commit('Third', { 'b.txt': '2' })
  await serve(staging, newest, { web: 'serve', worker: 'work', release: 'migrate' })
  await setConfig(staging, { STRIPE_KEY: 'sk-1', SENTRY: 'same', STAGE: 'staging' })
  await setConfig(production, { SENTRY: 'same', STAGE: 'production', ONLY_HERE: '1' })
  const answer = await plan(pipeline)
  assert.equal(answer.statusCode, 200, answer.body)
  const { source, targets } = answer.json()
  assert.equal(source.app.name, staging.name)
  assert.equal(source.release.commit, newest)
  assert.match(source.release.digest, /^sha256:/)
  assert.equal(targets.length, 1)
  const [target] = targets
  assert.equal(target.app.name, production.name)
  assert.equal(target.release.commit, first)
  assert.equal(target.same_digest, false)
  assert.deepEqual([target.code.ahead_by, target.code.behind_by], [2, 0])
  assert.equal(target.code.files_changed, 2)
  assert.equal(target.code.commits[0].sha, newest)
  assert.equal(target.code.commits[0].subject, 'Third')
  assert.deepEqual(target.config, {
    missing: ['STRIPE_KEY'],
    extra: ['ONLY_HERE'],
    same: ['SENTRY'],
    different: ['STAGE'],
  })
  assert.doesNotMatch(answer.body, /sk-1/)
  assert.deepEqual(target.process_types, { added: ['worker'], removed: ['clock'] })
  assert.equal(target.release_command, 'migrate')
  assert.equal(target.downtime, false)
  const releases = (await call('GET', `/apps/${production.id}/releases`)).json()
  assert.ok(
    releases.every(({ description }: { description: string }) => !/Promote/.test(description)),
  )
})

test('after a promotion the plan says that the target has the same artifact', async () => {
  const pipeline = await aPipeline(platform)
  const { slugId } = await aServingRelease(platform, pipeline.production, { web: 'serve' })
  const staging = (await call('GET', `/apps/${pipeline.staging.id}/releases`)).json().at(-1)
  const { digest } = await db
    .selectFrom('slugs')
    .select('digest')
    .where('id', '=', staging.slug.id)
    .executeTakeFirstOrThrow()
  await db.updateTable('slugs').set({ digest }).where('id', '=', slugId).execute()
  const [target] = (await plan(pipeline)).json().targets
  assert.equal(target.same_digest, true)
})

test('a target without code yet, or a commit that is not in git, has no code to compare', async () => {
  const pipeline = await aPipeline(platform)
  const [fresh] = (await plan(pipeline)).json().targets
  assert.equal(fresh.release, null)
  assert.equal(fresh.code, null)
  assert.equal(fresh.same_digest, false)
  await aServingRelease(platform, pipeline.production, { web: 'serve' })
  const [unknown] = (await plan(pipeline)).json().targets
  assert.notEqual(unknown.release, null)
  assert.equal(unknown.code, null)
})

test('by default the plan is for the next stage that has apps, else for the apps that are named', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const second = await anAppIn(platform, pipeline, 'production')
  const review = await anAppIn(platform, pipeline, 'review')
  await aServingRelease(platform, review, { web: 'serve' })
  const names = (answer: Awaited<ReturnType<typeof plan>>): string[] =>
    answer.json().targets.map((target: { app: { name: string } }) => target.app.name)
  assert.deepEqual(names(await plan(pipeline)), [production.name, second.name].toSorted())
  const fromReview = await plan(pipeline, { source: { app: review.id } })
  assert.deepEqual(names(fromReview), [staging.name])
  const named = await plan(pipeline, { targets: [{ app: { id: second.id } }] })
  assert.deepEqual(names(named), [second.name])
  const alone = await anApp(platform)
  for (const body of [
    { targets: [{ app: staging.id }] },
    { targets: [{ app: alone.id }] },
    { source: { app: alone.id } },
    { source: { app: production.id } },
  ])
    assert.equal((await plan(pipeline, body)).statusCode, 422, JSON.stringify(body))
})

test('who may only look at an app sees no keys of its config, and strangers no plan at all', async () => {
  const team = await aTeam(platform, ['viewer', 'member'])
  const pipeline = await aPipeline(platform, { team: team.name })
  await setConfig(pipeline.staging, { HIDDEN_KEY: 'x' })
  const seen = await plan(pipeline, {}, team.people.viewer)
  assert.equal(seen.statusCode, 200, seen.body)
  assert.equal(seen.json().targets[0].config, null)
  assert.doesNotMatch(seen.body, /HIDDEN_KEY/)
  assert.match((await plan(pipeline, {}, team.people.member)).body, /HIDDEN_KEY/)
  assert.equal((await plan(pipeline, {}, await platform.aPerson())).statusCode, 404)
})
