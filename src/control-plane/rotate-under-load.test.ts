import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { test } from 'node:test'
import { aName } from '../../test/support/apps.ts'
import { aControlPlane } from '../../test/support/control-plane.ts'
import { until } from '../../test/support/until.ts'

const plane = await aControlPlane()
const APPS = 30

type State = { id: string; previous: unknown[]; remaining_data_keys: number }
const stateOf = (): Promise<State> => plane.call<State>('GET', '/master-key')
const untilRotated = (from: string): Promise<State> =>
  until(
    async () => {
      const state = await stateOf().catch(() => undefined)
      return state && state.id !== from && state.previous.length === 0 ? state : undefined
    },
    { limitMs: 60_000, what: 'the rotation' },
  )
const keysInFile = async (): Promise<string[]> =>
  (await readFile(plane.paths.masterKey, 'utf8')).trim().split('\n')
const valueOf = async (app: string): Promise<string | undefined> =>
  (await plane.call<Record<string, string>>('GET', `/apps/${app}/config-vars`))['SECRET']

const apps: string[] = []
const makeApp = async (): Promise<void> => {
  const name = aName()
  await plane.call('POST', '/apps', { name })
  await plane.call('PATCH', `/apps/${name}/config-vars`, { SECRET: `of ${name}` })
  apps.push(name)
}
const readAll = async (): Promise<void> => {
  for (const app of apps) assert.equal(await valueOf(app), `of ${app}`)
}

test('the master key is replaced while secrets are read and made all the time', async () => {
  await plane.start()
  for (let made = 0; made < APPS; made += 5) await Promise.all([1, 2, 3, 4, 5].map(makeApp))
  const { id } = await stateOf()
  const [oldKey] = await keysInFile()
  let isOver = false
  let reads = 0
  const load = Array.from({ length: 3 }, async (_, index) => {
    while (!isOver) {
      if (index === 0) await makeApp()
      const app = apps[reads++ % apps.length] ?? ''
      assert.equal(await valueOf(app), `of ${app}`)
    }
  })
  await Promise.all([1, 2].map(() => plane.call('POST', '/master-key/actions/rotate')))
  const after = await untilRotated(id)
  isOver = true
  await Promise.all(load)
  assert.ok(reads > 0)
  assert.equal(after.remaining_data_keys, 0)
  const [newKey, ...others] = await keysInFile()
  assert.deepEqual(others, [])
  assert.notEqual(newKey, oldKey)
  assert.equal((await stat(plane.paths.masterKey)).mode & 0o777, 0o400)
  await readAll()
})

test('a rotation that is killed at any step is finished by the next start, and nothing is unreadable on the way', async () => {
  const { id } = await stateOf()
  await plane.kill()
  await plane.start('rotation-key-written')
  await plane.call('POST', '/master-key/actions/rotate').catch(() => {})
  await plane.ended()
  assert.equal((await keysInFile()).length, 2)
  for (const failpoint of ['rotation-batch-wrapped', 'rotation-old-forgotten']) {
    void plane.start(failpoint).catch(() => {})
    await plane.ended()
    assert.equal((await keysInFile()).length, 2, failpoint)
  }
  await plane.start()
  await readAll()
  const after = await untilRotated(id)
  await readAll()
  assert.equal(after.remaining_data_keys, 0)
  assert.equal((await keysInFile()).length, 1)
  await plane.kill()
  await plane.start()
  await readAll()
})
