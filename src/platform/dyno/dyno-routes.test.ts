import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { readDynoFeed } from './dyno-feed-store.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform
const app = await anApp(platform)
await aServingRelease(platform, app, { web: 'serve' })

const run = async (body: Record<string, unknown>): Promise<{ id: string; name: string }> => {
  const answer = await call('POST', `/apps/${app.name}/dynos`, { command: 'bash', ...body })
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json()
}
const resize = (dyno: string, body: unknown, of = app.name) =>
  call('PATCH', `/apps/${of}/dynos/${dyno}/terminal`, body)
const feedOf = async (since: number) => (await readDynoFeed(db, since)).rows

test('another size of a terminal reaches the engine, the same size does not', async () => {
  const env = { COLUMNS: 80, LINES: 24, TERM: 'xterm-256color' }
  const dyno = await run({ attach: true, env })
  const { number } = await readDynoFeed(db, undefined)
  assert.equal((await resize(dyno.id, { columns: 132, lines: 43 })).statusCode, 200)
  const [changed] = await feedOf(number)
  assert.equal(changed?.id, dyno.id)
  assert.deepEqual(changed?.tty, { columns: 132, lines: 43, term: 'xterm-256color' })
  const { number: later } = await readDynoFeed(db, undefined)
  assert.equal((await resize(dyno.name, { columns: 132, lines: 43 })).statusCode, 200)
  assert.deepEqual(await feedOf(later), [])
})

test('what has no terminal, is of another app or no size is refused', async () => {
  const without = await run({ attach: true })
  assert.equal((await resize(without.id, { columns: 80, lines: 24 })).statusCode, 422)
  assert.equal((await resize('run.1', { columns: 80, lines: 24 })).statusCode, 404)
  const other = await anApp(platform)
  const size = { columns: 80, lines: 24 }
  assert.equal((await resize(without.id, size, other.name)).statusCode, 404)
  for (const wrong of [
    { columns: 0, lines: 1 },
    { columns: 1001, lines: 1 },
    { columns: '80' },
    {},
  ])
    assert.ok((await resize(without.id, wrong)).statusCode >= 400, JSON.stringify(wrong))
})
