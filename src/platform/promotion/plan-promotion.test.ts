import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { getDataKey } from '#/platform/data-key-store.ts'
import { hashOfValue } from '#/platform/slug/baked-in.ts'
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

const findingsOf = async (pipeline: TestPipeline, body: object = {}) => {
  const answer = await plan(pipeline, body)
  assert.equal(answer.statusCode, 200, answer.body)
  const [target] = answer.json().targets
  const shown = target.findings.map(
    ({ code, level, subject }: { code: string; level: string; subject: string | null }) =>
      `${level} ${code}${subject === null ? '' : ` ${subject}`}`,
  )
  return { shown, target, body: answer.body }
}

test('findings have stable codes and a level: config that is missing, that should differ, that should not', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const secret = 'sk-0123456789'
  await setConfig(staging, {
    STRIPE_KEY: secret,
    API_TOKEN: secret,
    LOG_LEVEL: 'warning-and-more',
    REGION: 'vienna',
    BASKET: 'same-in-both',
    COLOUR: 'blue',
  })
  await setConfig(production, {
    API_TOKEN: secret,
    LOG_LEVEL: 'warning-and-more',
    REGION: 'graz',
    BASKET: 'same-in-both',
    COLOUR: 'red',
  })
  const before = await findingsOf(pipeline)
  assert.deepEqual(
    before.shown.filter((line: string) => line.includes('config.')),
    ['blocking config.missing STRIPE_KEY', 'warning config.same API_TOKEN'],
  )
  const marks = `/pipelines/${pipeline.id}/stages/production/config-marks`
  for (const [key, mark] of [
    ['BASKET', 'must-differ'],
    ['REGION', 'must-equal'],
    ['API_TOKEN', 'must-equal'],
  ]) {
    const marked = await call('PUT', `${marks}/${key}`, { mark })
    assert.equal(marked.statusCode, 200, marked.body)
  }
  const after = await findingsOf(pipeline)
  assert.deepEqual(
    after.shown.filter((line: string) => line.includes('config.')),
    [
      'blocking config.missing STRIPE_KEY',
      'blocking config.must-differ BASKET',
      'blocking config.must-equal REGION',
    ],
  )
  assert.doesNotMatch(after.body, /sk-0123|vienna|graz/)
  assert.equal((await call('DELETE', `${marks}/BASKET`)).statusCode, 200)
  assert.equal((await call('DELETE', `${marks}/BASKET`)).statusCode, 404)
  const all = await call('GET', `/pipelines/${pipeline.id}/config-marks`)
  assert.deepEqual(
    all.json().map(({ key, mark }: { key: string; mark: string }) => [key, mark]),
    [
      ['API_TOKEN', 'must-equal'],
      ['REGION', 'must-equal'],
    ],
  )
  assert.equal((await call('PUT', `${marks}/A%20B`, { mark: 'must-equal' })).statusCode, 422)
  assert.ok((await call('PUT', `${marks}/A`, { mark: 'maybe' })).statusCode >= 400)
})

test('keys that are marked are for those who may read config, and marks for those who may change the pipeline', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const { admin, member, viewer } = team.people
  const path = `/pipelines/${pipeline.id}/stages/production/config-marks/SECRET_NAME`
  const put = ({ token }: { token: string }) =>
    call('PUT', path, { mark: 'must-differ' }, { token })
  assert.equal((await put(member)).statusCode, 403)
  assert.equal((await put(admin)).statusCode, 200)
  const list = ({ token }: { token: string }) =>
    call('GET', `/pipelines/${pipeline.id}/config-marks`, undefined, { token })
  assert.equal((await list(member)).json().length, 1)
  assert.equal((await list(viewer)).statusCode, 403)
  assert.equal((await list(await platform.aPerson())).statusCode, 404)
})

test('changed paths are findings by rules: the platform’s own, the pipeline’s, and those of the slug’s app.json', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const { commit } = await aBareRepository(join(paths.git, `${staging.id}.git`))
  const first = await commit('First', { 'a.txt': '1' })
  await serve(production, first)
  const newest = await commit('Second', {
    'shop/migrations/0002_more.py': '1',
    'shop/migrations/0003_more.py': '1',
    'shop/static/a.css': '1',
    'search/index.json': '1',
  })
  await serve(staging, newest)
  const pathsFound = async () =>
    (await findingsOf(pipeline)).shown.filter((line: string) => line.includes('paths.'))
  assert.deepEqual(await pathsFound(), [
    'warning paths.migrations migrations',
    'info paths.static-files static-files',
  ])
  const rule = (method: 'PUT' | 'DELETE', name: string, body?: object) =>
    call(method, `/pipelines/${pipeline.id}/path-rules/${name}`, body)
  const search = { paths: ['search/**'], message: 'search is rebuilt', downtime: true }
  const atOnce = await Promise.all([
    rule('PUT', 'search', search),
    rule('PUT', 'static-files', { paths: [] }),
  ])
  for (const changed of atOnce) assert.equal(changed.statusCode, 200, changed.body)
  const { path_rules: rules } = (await call('GET', `/pipelines/${pipeline.id}`)).json()
  assert.deepEqual(rules.map(({ name }: { name: string }) => name).toSorted(), [
    'search',
    'static-files',
  ])
  assert.deepEqual(await pathsFound(), [
    'warning paths.migrations migrations',
    'warning paths.search search',
  ])
  const { target } = await findingsOf(pipeline)
  assert.equal(target.downtime, true)
  const { message } = target.findings.find(
    ({ code }: { code: string }) => code === 'paths.migrations',
  )
  assert.equal(message, 'migrations change (2 files under **/migrations/*.py)')
  assert.equal((await rule('PUT', 'X', { paths: [] })).statusCode, 422)
  assert.equal((await rule('PUT', 'search', { paths: 'all' })).statusCode, 422)
  assert.equal((await rule('DELETE', 'search')).statusCode, 200)
  assert.equal((await rule('DELETE', 'search')).statusCode, 404)
  assert.equal((await findingsOf(pipeline)).target.downtime, false)
})

test('what the build has left of config in the slug is told where the target has another', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const key = await getDataKey(db, platform.platform.keyring, staging.id)
  await setConfig(staging, {
    ASSET_HOST: 'https://a.example',
    CDN: 'https://c.example',
    GONE: 'gone-9f2c1',
  })
  await setConfig(production, { ASSET_HOST: 'https://b.example', CDN: 'https://c.example' })
  const entry = (value: string) => ({
    hash: hashOfValue(key, value),
    files: ['dist/a.js'],
    count: 3,
  })
  const bakedIn = {
    ASSET_HOST: entry('https://a.example'),
    CDN: entry('https://c.example'),
    GONE: entry('gone-9f2c1'),
  }
  await sql`update slugs set baked_in = ${JSON.stringify(bakedIn)} where app_id = ${staging.id}`.execute(
    db,
  )
  const { shown, target, body } = await findingsOf(pipeline)
  assert.deepEqual(
    shown.filter((line: string) => line.includes('baked-in')),
    ['warning baked-in.differs ASSET_HOST', 'warning baked-in.differs GONE'],
  )
  const { message } = target.findings.find(
    ({ code }: { code: string }) => code === 'baked-in.differs',
  )
  assert.match(
    message,
    new RegExp(
      `^ASSET_HOST: the value of ${staging.name} found in 3 files of the slug \\(dist/a.js, …\\), ${production.name} has another; .*sluice builds:create -a ${production.name} --from ${staging.name}$`,
    ),
  )
  assert.doesNotMatch(body, /a\.example|gone-9f2c1/)
})

test('the diff has all that lies between two apps, values excepted, of a source without code too', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const { commit } = await aBareRepository(join(paths.git, `${staging.id}.git`))
  await serve(production, await commit('First', { 'a.txt': '1' }))
  const newest = await commit('Second', { 'b.txt': '1' })
  await serve(staging, newest)
  await setConfig(staging, { ONE: 'secret-of-staging' })
  const read = (query: string) => call('GET', `/pipelines/${pipeline.id}/diff?${query}`)
  const answer = await read(`source=${staging.name}`)
  assert.equal(answer.statusCode, 200, answer.body)
  const { source, targets } = answer.json()
  const [target] = targets
  assert.equal(target.app.name, production.name)
  assert.deepEqual(target.code.files, ['b.txt'])
  assert.deepEqual(
    target.code.commits.map(({ sha, subject }: { sha: string; subject: string }) => [sha, subject]),
    [[newest, 'Second']],
  )
  assert.deepEqual(target.config.missing, ['ONE'])
  assert.deepEqual(source.buildpacks, [])
  assert.equal(source.build_stack, 'heroku-24')
  assert.doesNotMatch(answer.body, /secret-of-staging/)
  const empty = await anAppIn(platform, pipeline, 'review')
  const fromEmpty = await read(`source=${empty.name}&targets=${staging.id}`)
  assert.equal(fromEmpty.json().targets[0].code, null)
  assert.equal((await read('')).statusCode, 422)
  assert.equal((await read(`source=${production.name}`)).statusCode, 422)
  assert.equal((await read('source=no-such-app')).statusCode, 404)
  assert.equal((await read(`source=${staging.id}&targets=${staging.id}`)).statusCode, 422)
})

test('whether the slug is there and as it was built is looked at before anything moves', async () => {
  const pipeline = await aPipeline(platform)
  const { store } = platform.platform
  const judged = async (): Promise<{ checks: string[]; findings: string[] }> => {
    const { checks, targets } = (await plan(pipeline)).json()
    const codesOf = (list: { code: string }[]): string[] => list.map(({ code }) => code)
    return { checks: codesOf(checks), findings: codesOf(targets[0].findings) }
  }
  assert.deepEqual((await judged()).checks, ['slug.verified'])
  const digest: string = (await plan(pipeline)).json().source.release.digest
  const { folder, layers } = await store.materialize(digest)
  await writeFile(join(folder, layers[0] ?? '', 'code'), 'something else')
  const damaged = await judged()
  assert.deepEqual(damaged.checks, [])
  assert.ok(damaged.findings.includes('slug.damaged'), JSON.stringify(damaged))
  await store.remove(digest)
  assert.ok((await judged()).findings.includes('slug.missing'))
})
