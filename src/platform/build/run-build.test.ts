import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { BuiltSlug } from '#/builder/slug-build.ts'
import { newId } from '#/foundation/ids.ts'
import { anApp } from '../../../test/support/apps.ts'
import { aBareRepository } from '../../../test/support/git.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { BUILDER } from './build-runner.ts'
import { createBuildSlots } from './build-slots.ts'
import { findBuild, insertBuild, takeBuild } from './build-store.ts'
import { BuildTakenAway, type Build } from './build.ts'
import { releaseBuild } from './release-build.ts'
import { branchRef, NO_COMMIT, readRef } from './repository.ts'
import { runBuild } from './run-build.ts'
import { tidyBuilds } from './tidy-builds.ts'

const host = await aTestPlatform()
const { platform, call, actor } = host
const { db, paths } = platform

/** A pushed commit whose build has been asked for, without a job. */
const aPush = async (): Promise<{ app: { id: string; name: string }; build: Build }> => {
  const app = await anApp(host)
  const repository = await aBareRepository(appFiles(paths, app.id).repository)
  const commit = await repository.commit('A change', { Procfile: 'worker: true\n' })
  const build = await insertBuild(db, actor, {
    id: newId(),
    appId: app.id,
    stack: 'heroku-24',
    branch: 'other',
    branchFrom: NO_COMMIT,
    commit,
    commitDescription: 'A change',
    buildpacks: [{ url: 'urn:buildpack:heroku/python' }],
  })
  return { app, build }
}

const taken = async ({ id }: Build): Promise<Build> => {
  const found = await takeBuild(db, BUILDER, id)
  assert.ok(found)
  return found
}

const aFolder = async (): Promise<string> => {
  const folder = join(paths.root, 'empty')
  await mkdir(folder)
  return folder
}

const aSlug: BuiltSlug = {
  status: 'succeeded',
  ...(await platform.store.put(await aFolder())),
  processTypes: { worker: 'true' },
  defaultProcessTypes: {},
  buildpacks: [],
  buildpackProvidedDescription: null,
  stack: 'heroku-24',
  releaseConfigVars: { LANG: 'en_US.UTF-8', MODE: 'fast' },
  releaseAddons: [],
  foundValues: {},
  appJson: null,
}

const signal = new AbortController().signal
const context = { attempt: 1, isLastAttempt: false, signal }

test('a build that was interrupted three times is given up, with a reason', async () => {
  const { build } = await aPush()
  for (let attempt = 1; attempt <= 3; attempt++) await taken(build)
  await runBuild({ ...platform, slots: createBuildSlots(1, 0) }, build.id, context)
  const ended = await findBuild(db, BUILDER, build.id)
  assert.equal(ended?.status, 'failed')
  assert.equal(ended.failureReason, 'the build was interrupted 3 times.')
  assert.deepEqual(
    (await readdir(paths.builds)).filter((name) => name.startsWith(build.id)),
    [`${build.id}.log`],
  )
})

test('what was built before its stage was frozen is not released in the freeze', async () => {
  const { app, build } = await aPush()
  const running = await taken(build)
  const pipeline = (await call('POST', '/pipelines', { name: app.name })).json<{ id: string }>()
  const coupling = { app: app.id, pipeline: pipeline.id, stage: 'production' }
  assert.equal((await call('POST', '/pipeline-couplings', coupling)).statusCode, 201)
  const year = new Date().getFullYear()
  const range = { kind: 'range', starts: `${year - 1}-01-01`, ends: `${year + 2}-01-01` }
  const freeze = { stage: 'production', time_zone: 'UTC', ...range }
  const frozen = await call('POST', `/pipelines/${pipeline.id}/freezes`, freeze)
  assert.equal(frozen.statusCode, 201, frozen.body)
  await assert.rejects(releaseBuild(platform, running, aSlug), /is frozen until/)
  assert.equal((await call('GET', `/apps/${app.name}/releases`)).json().length, 1)
})

test('a runner that lost its build to another writes nothing any more', async () => {
  const { app, build } = await aPush()
  const old = await taken(build)
  const now = await taken(build)
  await assert.rejects(releaseBuild(platform, old, aSlug), BuildTakenAway)
  const releases = async () => (await call('GET', `/apps/${app.name}/releases`)).json()
  assert.equal((await releases()).length, 1)
  await releaseBuild(platform, now, aSlug)
  assert.equal((await releases()).length, 2)
  await assert.rejects(releaseBuild(platform, now, aSlug), BuildTakenAway)
  assert.equal((await releases()).length, 2)
})

test("an app's first code brings the config its buildpack asks for, and later code none", async () => {
  const { app, build } = await aPush()
  await call('PATCH', `/apps/${app.name}/config-vars`, { MODE: 'slow' })
  await releaseBuild(platform, await taken(build), aSlug)
  const vars = async () => (await call('GET', `/apps/${app.name}/config-vars`)).json()
  assert.deepEqual(await vars(), { LANG: 'en_US.UTF-8', MODE: 'slow' })
  await call('PATCH', `/apps/${app.name}/config-vars`, { LANG: null })
  const next = { id: newId(), appId: app.id, stack: 'heroku-24', commitDescription: null }
  const second = await insertBuild(db, actor, {
    ...next,
    sourceUrl: 'https://x.test',
    buildpacks: null,
  })
  await releaseBuild(platform, await taken(second), aSlug)
  assert.deepEqual(await vars(), { MODE: 'slow' })
})

test('a build that finds neither a slot nor a place to wait comes back later', async () => {
  const { build } = await aPush()
  await runBuild({ ...platform, slots: createBuildSlots(0, 0) }, build.id, context)
  const { rows } = await sql<{ later: boolean }>`
    select run_at > now() as later from graphile_worker._private_jobs
    where payload->>'buildId' = ${build.id}`.execute(db)
  assert.deepEqual(rows, [{ later: true }])
  assert.equal((await findBuild(db, BUILDER, build.id))?.attempts, 0)
})

test('what killed processes left is tidied: branches move, workspaces go', async () => {
  const { app, build } = await aPush()
  const workspace = join(paths.builds, `${build.id}.1`, 'work')
  await mkdir(workspace, { recursive: true })
  await tidyBuilds(platform)
  assert.deepEqual(await readdir(workspace), []) // the build has not ended
  await releaseBuild(platform, await taken(build), aSlug)
  await tidyBuilds(platform)
  const { repository } = appFiles(paths, app.id)
  assert.equal(await readRef(repository, branchRef('other')), build.commit)
  assert.ok((await findBuild(db, BUILDER, build.id))?.branchMovedAt)
  assert.ok(!(await readdir(paths.builds)).includes(`${build.id}.1`))
})
