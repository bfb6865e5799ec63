import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readKeeperState } from '#/foundation/keeper-state.ts'
import { anHttpsReceiver, anIdentity, type HttpsReceiver } from '../support/drains.ts'
import { startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** Where the log goes, and what is counted: through both CLIs, on a whole platform. */
const PATIENCE = { limitMs: 60_000, everyMs: 100 }

let platform: TestPlatform
let receiver: HttpsReceiver
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-journey-drains-'))
  const identity = await anIdentity()
  receiver = await anHttpsReceiver(identity)
  await writeFile(join(folder, 'ca.pem'), identity.ca)
  platform = await startPlatform({
    SLUICE_PRIVATE_DRAIN_HOSTS: 'localhost',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  })
  await heroku('apps:create', 'shop', '--no-remote')
})
after(async () => {
  await platform.stop()
  await receiver[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const heroku = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await platform.heroku(...args)
  assert.equal(code, 0, stdout + stderr)
  return stdout
}
const sluice = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await platform.sluice(...args)
  assert.equal(code, 0, stdout + stderr)
  return stdout
}
const pidOf = async (name: string): Promise<number | undefined> =>
  (await readKeeperState(platform.dataDir)).processes[name]?.pid
const killHard = async (name: string): Promise<void> => {
  const pid = await pidOf(name)
  assert.ok(pid)
  process.kill(pid, 'SIGKILL')
  await until(async () => ![undefined, pid].includes(await pidOf(name)), PATIENCE)
}

test('a drain that heroku adds gets what the app logs from then on, also after kill -9', async () => {
  assert.equal(await pidOf('drainer'), undefined, 'nothing runs for drains that are not there')
  await heroku('config:set', 'BEFORE=1', '-a', 'shop')
  const url = `https://me:canary-3f@localhost:${receiver.port}/in`
  assert.match(await heroku('drains:add', url, '-a', 'shop'), /Successfully added drain/)
  assert.match(
    await heroku('drains', '-a', 'shop'),
    /canary-3f@localhost:\d+\/in.* \(d\.[0-9a-f-]+\)/,
  )
  assert.match(await sluice('drains', '-a', 'shop'), /\(d\.[0-9a-f-]+\)/)
  await heroku('config:set', 'FIRST=1', '-a', 'shop')
  await until(() => receiver.texts().some((text) => text.includes('Set FIRST')), PATIENCE)
  await killHard('drainer')
  await heroku('config:set', 'SECOND=1', '-a', 'shop')
  await until(() => receiver.texts().some((text) => text.includes('Set SECOND')), PATIENCE)
  const set = receiver.texts().filter((text) => text.includes('Set '))
  // What was just sent when it was killed may have been sent twice.
  const names = new Set(set.map((text) => /Set (\w+)/.exec(text)?.[1]))
  assert.deepEqual([...names], ['FIRST', 'SECOND'])
  assert.doesNotMatch(await sluice('audit', '-a', 'shop'), /canary-3f/)
  assert.doesNotMatch(await heroku('logs', '-a', 'shop'), /canary-3f/)
  await heroku('drains:remove', url, '-a', 'shop')
  assert.match(await sluice('drains', '-a', 'shop'), /no log drains/)
})

test('the log is searched by text, time, source and dyno', async () => {
  await sluice('config:set', 'NEEDLE_IN_HAY=1', '-a', 'shop')
  const found = (...flags: string[]): Promise<string> => sluice('logs', '-a', 'shop', ...flags)
  await until(async () => (await found('--text', 'needle_in_hay')).includes('Set'), PATIENCE)
  for (const line of (await found('--text', 'needle_in_hay')).trim().split('\n'))
    assert.match(line, /NEEDLE_IN_HAY/)
  assert.match(await found('--since', '1h', '--source', 'app', '--dyno', 'api'), /NEEDLE_IN_HAY/)
  assert.equal(await found('--until', '1h'), '')
  assert.equal(await found('--since', '2100-01-01'), '')
  const { code, stderr } = await platform.sluice('logs', '-a', 'shop', '--since', 'lately')
  assert.notEqual(code, 0)
  assert.match(stderr, /lately is no moment/)
})

test('requests are counted once, whoever is killed in the middle of a minute', async () => {
  const counted = async (): Promise<number> => {
    const metrics = JSON.parse(await sluice('metrics', '-a', 'shop', '--json')) as {
      process_types: { points: { requests: number }[] }[]
    }
    return metrics.process_types
      .flatMap(({ points }) => points)
      .reduce((sum, { requests }) => sum + requests, 0)
  }
  const ask = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await platform.request('shop')
  }
  await ask(20)
  await until(async () => (await counted()) === 20, PATIENCE)
  await killHard('control-plane')
  await ask(5)
  await until(async () => (await counted().catch(() => 0)) === 25, PATIENCE)
  await killHard('router')
  await until(() => platform.request('shop').catch(() => undefined), PATIENCE)
  await until(async () => (await counted()) === 26, PATIENCE)
  assert.match(await sluice('metrics', '-a', 'shop'), /requests .* at most 26 in a step/)
})

test('a config var is marked, and the mark is shown', async () => {
  await sluice('config:mark', 'GREETING', '--secret', '-a', 'shop')
  assert.match(await sluice('config:mark', '-a', 'shop'), /GREETING: secret/)
  await sluice('config:mark', 'GREETING', '--default', '-a', 'shop')
  assert.match(await sluice('config:mark', '-a', 'shop'), /No config vars are marked/)
})
