import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, platform: needs } = platform

type Process = { type: string; quantity: number; size: string; command: string }

const CODE = { web: 'serve', worker: 'work', release: 'migrate' }
const anAppWithCode = async (code: Record<string, string> = CODE) => {
  const app = await anApp(platform)
  await aServingRelease(platform, app, code)
  return app
}
const scale = (app: string, updates: unknown, token?: string) =>
  call('PATCH', `/apps/${app}/formation`, { updates }, token ? { token } : {})
const formationOf = async (app: string): Promise<Record<string, string>> => {
  const all: Process[] = (await call('GET', `/apps/${app}/formation`)).json()
  return Object.fromEntries(all.map(({ type, quantity, size }) => [type, `${quantity}:${size}`]))
}
const scalesOf = async (appId: string): Promise<number> =>
  (
    await needs.db
      .selectFrom('deploys')
      .select('id')
      .where('appId', '=', appId)
      .where('kind', '=', 'scale')
      .execute()
  ).length

test('the formation has every process type of the code, with its command', async () => {
  const { name } = await anAppWithCode()
  const all: Process[] = (await call('GET', `/apps/${name}/formation`)).json()
  assert.deepEqual(
    all.map(({ type, quantity, command }) => [type, quantity, command]),
    [
      ['release', 0, 'migrate'],
      ['web', 1, 'serve'],
      ['worker', 0, 'work'],
    ],
  )
  assert.deepEqual((await call('GET', `/apps/${name}/formation/web`)).json(), all[1])
  assert.equal((await call('GET', `/apps/${name}/formation/clock`)).statusCode, 404)
})

test('an app without code has no process types', async () => {
  const { name } = await anApp(platform)
  assert.deepEqual(await formationOf(name), {})
  const refused = await scale(name, [{ type: 'web', quantity: 1 }])
  assert.equal(refused.statusCode, 404)
  assert.equal(refused.json().message, "Couldn't find that process type (web).")
})

test('a process type that new code no longer has is gone', async () => {
  const app = await anAppWithCode()
  await aServingRelease(platform, app, { web: 'serve' })
  assert.deepEqual(await formationOf(app.name), { web: '1:Standard-1X' })
})

test('quantities are numbers or text, absolute or relative; sizes are text in any case, or objects', async () => {
  const { id, name } = await anAppWithCode()
  const steps: [unknown, string][] = [
    [{ type: 'web', quantity: '3' }, '3:Standard-1X'],
    [{ type: 'web', quantity: '+1' }, '4:Standard-1X'],
    [{ type: 'web', quantity: '-2' }, '2:Standard-1X'],
    [{ type: 'web', quantity: 5 }, '5:Standard-1X'],
    [{ type: 'web', size: 'standard-2x' }, '5:Standard-2X'],
    [{ type: 'web', dyno_size: { name: 'Performance-M' } }, '5:Performance-M'],
    [{ type: 'web', quantity: 1, size: { name: 'basic' } }, '1:Basic'],
  ]
  for (const [update, expected] of steps) {
    const scaled = await scale(name, [update])
    assert.equal(scaled.statusCode, 200, scaled.body)
    assert.equal((await formationOf(name))['web'], expected)
  }
  assert.equal(await scalesOf(id), steps.length)
})

test('several types are scaled together or not at all', async () => {
  const { id, name } = await anAppWithCode()
  const refused = await scale(name, [
    { type: 'web', quantity: 2 },
    { type: 'clock', quantity: 1 },
  ])
  assert.equal(refused.statusCode, 404)
  assert.equal((await formationOf(name))['web'], '1:Standard-1X')
  assert.equal(await scalesOf(id), 0)
  await scale(name, [
    { type: 'web', quantity: 2 },
    { type: 'worker', quantity: '+3' },
    { type: 'web', quantity: '+1' },
  ])
  assert.deepEqual(await formationOf(name), {
    release: '0:Standard-1X',
    web: '3:Standard-1X',
    worker: '3:Standard-1X',
  })
  assert.equal(await scalesOf(id), 1)
})

test('what changes nothing deploys nothing', async () => {
  const { id, name } = await anAppWithCode()
  for (const updates of [
    [],
    [{ type: 'web' }],
    [{ type: 'web', quantity: 1, size: 'Standard-1X' }],
  ])
    assert.equal((await scale(name, updates)).statusCode, 200)
  assert.equal(await scalesOf(id), 0)
})

test('numbers and sizes that there cannot be are refused', async () => {
  const { name } = await anAppWithCode()
  const bad = [
    { type: 'web', quantity: -1 },
    { type: 'web', quantity: 101 },
    { type: 'web', quantity: '-2' },
    { type: 'web', quantity: '+100' },
    { type: 'web', quantity: 1.5 },
    { type: 'web', quantity: 'many' },
    { type: 'web', quantity: '9999999' },
    { type: 'web', size: 'enormous' },
    { type: 'web', size: 'Private-M' },
    { type: 'release', quantity: 1 },
    { quantity: 1 },
  ]
  for (const update of bad)
    assert.equal((await scale(name, [update])).statusCode, 422, JSON.stringify(update))
  assert.equal((await scale(name, 'web=1')).statusCode, 422)
  assert.equal((await formationOf(name))['web'], '1:Standard-1X')
})

test('one process type is changed by its own path, by name or id; the release phase has a size', async () => {
  const { name } = await anAppWithCode()
  const web = (await call('PATCH', `/apps/${name}/formation/web`, { quantity: 2 })).json()
  assert.equal(web.quantity, 2)
  const byId = await call('PATCH', `/apps/${name}/formation/${web.id}`, { quantity: 3 })
  assert.equal(byId.json().quantity, 3)
  const phase = await call('PATCH', `/apps/${name}/formation/release`, { size: 'standard-2x' })
  assert.equal(phase.json().size, 'Standard-2X')
  assert.equal((await formationOf(name))['release'], '0:Standard-2X')
})

test('many who add one dyno at once add as many', async () => {
  const { name } = await anAppWithCode()
  await Promise.all(
    Array.from({ length: 10 }, () => scale(name, [{ type: 'web', quantity: '+1' }])),
  )
  assert.equal((await formationOf(name))['web'], '11:Standard-1X')
})

test('members scale, viewers look, strangers find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const app = await anApp(platform, { team })
  await aServingRelease(platform, app, CODE)
  const stranger = await platform.aPerson()
  const updates = [{ type: 'web', quantity: 2 }]
  assert.equal((await scale(app.name, updates, people.member.token)).statusCode, 200)
  assert.equal((await scale(app.name, updates, people.viewer.token)).statusCode, 403)
  assert.equal((await scale(app.name, updates, stranger.token)).statusCode, 404)
})

test('the sizes there are can be listed', async () => {
  const sizes = (await call('GET', '/dyno-sizes')).json()
  assert.ok(sizes.some(({ name }: { name: string }) => name === 'Standard-1X'))
  assert.equal((await call('GET', '/dyno-sizes/standard-2x')).json().memory, 1)
  assert.equal((await call('GET', '/dyno-sizes/huge')).statusCode, 404)
})
