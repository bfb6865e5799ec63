import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { insertConfigSnapshot, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { releaseApp } from '#/platform/deploy/release-app.ts'
import { readDynoFeed } from '#/platform/dyno/dyno-feed-store.ts'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor, platform: needs } = platform

const patch = (app: string, body: unknown, token?: string) =>
  call('PATCH', `/apps/${app}/config-vars`, body, token ? { token } : {})
const versionsOf = async (app: string): Promise<number[]> =>
  (await call('GET', `/apps/${app}/releases`)).json().map((one: { version: number }) => one.version)

test('a change answers with all variables and makes a release that says so', async () => {
  const { name } = await anApp(platform)
  const set = await patch(name, { FOO: 'a', BAR: '' })
  assert.equal(set.statusCode, 200)
  assert.deepEqual(set.json(), { BAR: '', FOO: 'a' })
  assert.deepEqual((await patch(name, { FOO: null })).json(), { BAR: '' })
  const releases = (await call('GET', `/apps/${name}/releases`)).json()
  assert.deepEqual(
    releases.map((one: { description: string }) => one.description),
    ['Initial release', 'Set BAR, FOO config vars', 'Remove FOO config vars'],
  )
})

test('a release takes over the code, and remembers the config it was made with', async () => {
  const app = await anApp(platform)
  const { slugId } = await aServingRelease(platform, app, { web: 'serve' })
  await patch(app.name, { FOO: 'first' })
  await patch(app.name, { FOO: 'second' })
  const [, , third, fourth] = (await call('GET', `/apps/${app.name}/releases`)).json()
  assert.equal(third.slug.id, slugId)
  assert.equal(fourth.slug.id, slugId)
  const then = await call('GET', `/apps/${app.name}/releases/${third.version}/config-vars`)
  assert.deepEqual(then.json(), { FOO: 'first' })
  assert.equal((await call('GET', `/apps/${app.name}/releases/99/config-vars`)).statusCode, 404)
})

test('a change on top of a release that is still under way keeps that release’s code', async () => {
  const app = await anApp(platform)
  const old = await aServingRelease(platform, app, { web: 'old' })
  const fresh = await aServingRelease(platform, app, { web: 'new' })
  await needs.db
    .updateTable('releases')
    .set({ current: false })
    .where('id', '=', fresh.id)
    .execute()
  await needs.db.updateTable('releases').set({ current: true }).where('id', '=', old.id).execute()
  await patch(app.name, { FOO: '1' })
  const releases = (await call('GET', `/apps/${app.name}/releases`)).json()
  assert.equal(releases.at(-1).slug.id, fresh.slugId)
})

test('what changes nothing makes no release', async () => {
  const { name } = await anApp(platform)
  await patch(name, { FOO: 'a' })
  const before = await versionsOf(name)
  for (const body of [{}, { FOO: 'a' }, { NEVER: null }]) {
    const same = await patch(name, body)
    assert.equal(same.statusCode, 200)
    assert.deepEqual(same.json(), { FOO: 'a' })
  }
  assert.deepEqual(await versionsOf(name), before)
})

test('a refused variable changes none of the others', async () => {
  const { name } = await anApp(platform)
  for (const body of [{ GOOD: '1', '1BAD': 'x' }, { GOOD: '1', N: 7 }, { GOOD: true }, ['A']])
    assert.equal((await patch(name, body)).statusCode, 422, JSON.stringify(body))
  assert.deepEqual((await call('GET', `/apps/${name}/config-vars`)).json(), {})
  assert.deepEqual(await versionsOf(name), [1])
})

test("an add-on's variable is shown and kept", async () => {
  const app = await anApp(platform)
  await transaction(needs.db, async (tx) => {
    const store = { db: tx, keyring: needs.keyring }
    const { configSnapshotId } = await lockApp(tx, actor, app.id)
    const { own } = await readConfigSnapshot(store, configSnapshotId)
    const attached = { DATABASE: { DATABASE_URL: 'postgres://x' } }
    await releaseApp(tx, actor, {
      cause: 'push',
      appId: app.id,
      slugId: null,
      configSnapshotId: await insertConfigSnapshot(store, app.id, { own, attached }),
      description: 'Attach DATABASE',
      addOns: [{ name: 'DATABASE', addOn: 'postgresql-calm-1', plan: 'heroku-postgresql:mini' }],
    })
  })
  assert.equal((await patch(app.name, { DATABASE_URL: 'mine' })).statusCode, 422)
  const all = (await patch(app.name, { FOO: '1' })).json()
  assert.deepEqual(all, { DATABASE_URL: 'postgres://x', FOO: '1' })
  const releases = (await call('GET', `/apps/${app.name}/releases`)).json()
  assert.deepEqual(releases.at(-1).addon_plan_names, ['heroku-postgresql:mini'])
})

test('twenty changes at once lose no variable, and versions rise one by one', async () => {
  const { name } = await anApp(platform)
  const keys = Array.from({ length: 20 }, (_, index) => `KEY_${index}`)
  const answers = await Promise.all(keys.map((key) => patch(name, { [key]: key })))
  assert.ok(answers.every(({ statusCode }) => statusCode === 200))
  const all = (await call('GET', `/apps/${name}/config-vars`)).json()
  assert.deepEqual(Object.keys(all).sort(), keys.sort())
  assert.deepEqual(
    await versionsOf(name),
    Array.from({ length: 21 }, (_, index) => index + 1),
  )
})

test('values are read and written only by those who deploy', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const read = async (token: string) =>
    (await call('GET', `/apps/${name}/config-vars`, undefined, { token })).statusCode
  assert.equal(await read(people.member.token), 200)
  assert.equal(await read(people.viewer.token), 403)
  assert.equal(await read(stranger.token), 404)
  assert.equal((await patch(name, { A: '1' }, people.viewer.token)).statusCode, 403)
  assert.equal((await patch(name, { A: '1' }, stranger.token)).statusCode, 404)
  const ofRelease = `/apps/${name}/releases/1/config-vars`
  assert.equal((await call('GET', ofRelease, undefined, people.viewer)).statusCode, 403)
})

test('the event of a change names the vars and holds no value', async () => {
  const { name } = await anApp(platform)
  await patch(name, { SECRET: 'canary-5f0c1e' })
  const { db } = needs
  const event = await db
    .selectFrom('events')
    .select('after')
    .where('resource', '=', 'config-var')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  assert.deepEqual(event.after, { set: ['SECRET'], removed: [] })
})

test('marks are set, shown and taken away, and running dynos are told', async () => {
  const { id, name } = await anApp(platform)
  const mark = (body: unknown) => call('PATCH', `/apps/${name}/config-vars/marks`, body)
  const before = await versionsOf(name)
  const { number } = await readDynoFeed(needs.db, undefined)
  const set = await mark({ GREETING: 'secret', PUBLIC_KEY: 'plain' })
  assert.equal(set.statusCode, 200)
  assert.deepEqual(set.json(), { GREETING: 'secret', PUBLIC_KEY: 'plain' })
  assert.deepEqual((await mark({ GREETING: null, NEVER: null })).json(), { PUBLIC_KEY: 'plain' })
  const shown = await call('GET', `/apps/${name}/config-vars/marks`)
  assert.deepEqual(shown.json(), { PUBLIC_KEY: 'plain' })
  assert.deepEqual(await versionsOf(name), before, 'it makes no release')
  const release = await aServingRelease(platform, { id }, { web: 'serve' })
  await needs.db
    .insertInto('dynos')
    .values({
      ...{ appId: id, releaseId: release.id, kind: 'kept', type: 'web', number: 1 },
      ...{ size: 'basic', command: 'serve' },
    })
    .execute()
  const then = await readDynoFeed(needs.db, undefined)
  await mark({ GREETING: 'secret' })
  const { rows } = await readDynoFeed(needs.db, then.number)
  assert.deepEqual(
    rows.map(({ marks }) => marks),
    [{ GREETING: 'secret', PUBLIC_KEY: 'plain' }],
  )
  assert.ok(then.number >= number)
})

test('nonsense marks nothing, and twenty at once are all there', async () => {
  const { name } = await anApp(platform)
  const mark = (body: unknown) => call('PATCH', `/apps/${name}/config-vars/marks`, body)
  for (const body of [{ GOOD: 'maybe' }, { 'not a name': 'secret' }, { A: 1 }, []])
    assert.equal((await mark(body)).statusCode, 422, JSON.stringify(body))
  await Promise.all(Array.from({ length: 20 }, (_, index) => mark({ [`A${index}`]: 'secret' })))
  const marks = (await call('GET', `/apps/${name}/config-vars/marks`)).json()
  assert.equal(Object.keys(marks).length, 20)
})
