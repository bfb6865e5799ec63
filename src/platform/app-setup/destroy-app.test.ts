import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { runDeploys } from '#/platform/deploy/run-deploys.ts'
import { insertDynos, listKeptDynos } from '#/platform/dyno/dyno-store.ts'
import { findNewestRelease, getReleaseById, makeCurrent } from '#/platform/release/release-store.ts'
import { readRouteFeed } from '#/platform/domain/route-feed-store.ts'
import { aName, anApp, aServingRelease, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { removeAppFiles } from './remove-app-files.ts'

const platform = await aTestPlatform()
const { call, actor, platform: needs } = platform
const { db } = needs

const destroy = (app: string, token?: string) =>
  call('DELETE', `/apps/${app}`, undefined, token ? { token } : {})

test('a destroyed app is gone: not found, not listed, not routed, nothing of it wanted or pending', async () => {
  const { id, name } = await anApp(platform)
  const { id: releaseId } = await aServingRelease(platform, { id }, { web: 'serve' })
  await call('PATCH', `/apps/${name}/config-vars`, { A: '1' })
  const dyno = { kind: 'kept', type: 'web', number: 1, size: 'Standard-1X', command: 'x' } as const
  await insertDynos(db, actor, [{ ...dyno, id: newId(), appId: id, releaseId, deployId: null }])

  const destroyed = await destroy(name)
  assert.equal(destroyed.statusCode, 200)
  assert.equal(destroyed.json().name, name)

  for (const path of ['', '/config-vars', '/releases', '/domains', '/formation'])
    assert.equal((await call('GET', `/apps/${name}${path}`)).statusCode, 404, path)
  assert.ok(!(await call('GET', '/apps')).body.includes(name))
  assert.deepEqual(await listKeptDynos(db, actor, id), [])
  const { rows } = await readRouteFeed(db, -1)
  assert.equal(rows.find((row) => row.id === id)?.gone, true)
  assert.deepEqual(rows.find((row) => row.id === id)?.hosts, [])
  const unfinished = await db
    .selectFrom('deploys')
    .select('id')
    .where('appId', '=', id)
    .where('finishedAt', 'is', null)
    .execute()
  assert.deepEqual(unfinished, [])
  const pending = await db
    .selectFrom('releases')
    .select('failureReason')
    .where('appId', '=', id)
    .where('status', '=', 'failed')
    .execute()
  assert.ok(pending.length > 0)
  assert.ok(pending.every(({ failureReason }) => failureReason === 'The app was destroyed.'))
})

test('an app is destroyed also in the moment between the routing of a release and its success', async () => {
  const { id, name } = await anApp(platform)
  await aServingRelease(platform, { id }, { web: 'serve' })
  await call('PATCH', `/apps/${name}/config-vars`, { A: '1' })
  const routed = await findNewestRelease(db, actor, id)
  assert.equal(routed?.status, 'pending')
  await makeCurrent(db, actor, routed)
  assert.equal((await destroy(name)).statusCode, 200)
  const { status, failureReason } = await getReleaseById(db, actor, routed.id)
  assert.deepEqual({ status, failureReason }, { status: 'succeeded', failureReason: null })
})

test('its add-ons are taken down, and it leaves its pipeline', async () => {
  const { id, name } = await anApp(platform)
  const pipeline = aName()
  assert.equal((await call('POST', '/pipelines', { name: pipeline })).statusCode, 201)
  const coupling = await call('POST', '/pipeline-couplings', {
    app: name,
    pipeline,
    stage: 'staging',
  })
  assert.equal(coupling.statusCode, 201, coupling.body)
  const addOn = call('POST', `/apps/${name}/addons`, { plan: 'heroku-postgresql' })
  await until(async () => (await call('GET', `/apps/${name}/addons`)).json().length === 1)
  await destroy(name)
  assert.equal((await addOn).json().state, 'deprovisioned')
  assert.deepEqual((await call('GET', `/pipelines/${pipeline}/pipeline-couplings`)).json(), [])
  const states = await db.selectFrom('addOns').select('state').where('appId', '=', id).execute()
  assert.deepEqual(states, [{ state: 'deprovisioned' }])
})

test('an app is destroyed once, whoever else tries', async () => {
  const { name } = await anApp(platform)
  const answers = await Promise.all(Array.from({ length: 5 }, () => destroy(name)))
  assert.deepEqual(statusesOf(answers), [200, 404, 404, 404, 404])
  assert.equal((await destroy(name)).statusCode, 404)
})

test('a change that races with the end comes before it or finds nothing', async () => {
  const { id, name } = await anApp(platform)
  await aServingRelease(platform, { id }, { web: 'serve' })
  const changes = Array.from({ length: 6 }, (_, index) =>
    index % 2
      ? call('PATCH', `/apps/${id}/config-vars`, { [`K${index}`]: 'x' })
      : call('PATCH', `/apps/${id}/formation/web`, { quantity: index + 1 }),
  )
  const answers = await Promise.all([...changes, destroy(name)])
  for (const { statusCode, body } of answers) assert.ok([200, 404].includes(statusCode), body)
  const unfinished = await db
    .selectFrom('deploys')
    .select('id')
    .where('appId', '=', id)
    .where('finishedAt', 'is', null)
    .execute()
  assert.deepEqual(unfinished, [])
})

test('the deploys of a destroyed app find nothing to do', async () => {
  const { id, name } = await anApp(platform)
  await destroy(name)
  await runDeploys(needs, id, {
    attempt: 1,
    isLastAttempt: false,
    signal: new AbortController().signal,
  })
})

test('its name and domains are free for its own team, the name for no other', async () => {
  const name = aName()
  await anApp(platform, { name })
  await call('POST', `/apps/${name}/domains`, { hostname: `www.${name}.example` })
  await destroy(name)
  const stranger = await platform.aPerson()
  const refused = await call('POST', '/apps', { name }, stranger)
  assert.equal(refused.statusCode, 422)
  assert.equal(refused.json().message, `Name ${name} is already taken`)
  const theirs = await anApp(platform, { token: stranger.token })
  const renamed = await call('PATCH', `/apps/${theirs.name}`, { name }, stranger)
  assert.equal(renamed.statusCode, 422)
  await anApp(platform, { name })
  const domain = { hostname: `www.${name}.example` }
  assert.equal((await call('POST', `/apps/${name}/domains`, domain)).statusCode, 201)
})

test('only those who manage an app destroy it', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'admin', 'viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  assert.equal((await destroy(name, people.member.token)).statusCode, 403)
  assert.equal((await destroy(name, people.viewer.token)).statusCode, 403)
  assert.equal((await destroy(name, stranger.token)).statusCode, 404)
  assert.equal((await destroy(name, people.admin.token)).statusCode, 200)
})

test('the files of a destroyed app are removed, once or again', async () => {
  const { id } = await anApp(platform)
  const { repository, buildCache } = appFiles(needs.paths, id)
  await mkdir(join(repository, 'objects'), { recursive: true })
  await mkdir(buildCache, { recursive: true })
  await writeFile(join(buildCache, 'file'), 'x')
  await needs.logs.flush()
  for (let times = 0; times < 2; times++) {
    await removeAppFiles(needs, { appId: id })
    assert.ok(!existsSync(repository))
    assert.ok(!existsSync(buildCache))
  }
})
