import assert from 'node:assert/strict'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { requestAddOnCluster } from '#/foundation/add-on-cluster.ts'
import { ended, run, start, type RunResult } from '#/foundation/exec.ts'
import { identify } from '#/foundation/process-identity.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { isAccepting } from '#/keeper/is-accepting.ts'
import type { PlatformStatus } from '#/cli/platform-status.ts'
import { aStreamOfRequests } from '../support/keeper.ts'
import { until } from '../support/until.ts'

/** A platform comes up, is hit, is replaced, goes down: as whoever runs it sees it. */
const SLUICE = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
const LIMIT_MS = 60_000

let home: string
let dataDir: string
const port = aFreePort()
const routerPort = aFreePort()

const sluice = (...args: string[]): Promise<RunResult> => run(SLUICE, args, { env: environment() })
const environment = (): Record<string, string> => ({
  ...hostEnvironment(),
  HOME: home,
  SLUICE_DATA_DIR: dataDir,
})
const up = (...args: string[]): Promise<RunResult> =>
  sluice('up', '--detach', '--port', String(port), '--router-port', String(routerPort), ...args)
const readStatus = async (): Promise<PlatformStatus> =>
  JSON.parse((await sluice('status', '--json')).stdout) as PlatformStatus
const pidOf = async (name: string): Promise<number> =>
  (await readStatus()).processes.find((process) => process.name === name)?.pid ?? 0
const untilUp = async (): Promise<void> => {
  await until(async () => (await readStatus()).state === 'up', { limitMs: LIMIT_MS, everyMs: 100 })
}

const assertUp = (result: RunResult): void =>
  assert.equal(result.code, 0, result.stdout + result.stderr)

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-journey-'))
  dataDir = join(home, 'platform')
  assertUp(await up())
})
after(async () => {
  await sluice('down')
  await rm(home, { recursive: true, force: true })
})

test('up says where everything is, and says it again if it is up already', async () => {
  const again = await up()
  assertUp(again)
  assert.match(again.stdout, /is up already/)
  assert.match(again.stdout, new RegExp(`http://localhost:${port}`))
  assert.match(again.stdout, /eval "\$\(sluice env/)
  const elsewhere = await sluice('up', '--detach', '--port', '5999')
  assert.equal(elsewhere.code, 1)
  assert.match(elsewhere.stderr, /is up already/)
})

test('status tells of each process, and ends with 0 as long as all of them run', async () => {
  const { code, stdout } = await sluice('status')
  assert.equal(code, 0, stdout)
  for (const name of ['keeper', 'postgres', 'control-plane', 'engine', 'router'])
    assert.match(stdout, new RegExp(`^ ${name} +\\d+`, 'm'))
})

test('env is what a shell needs to speak to the API as the operator', async () => {
  const script = `eval "$('${SLUICE}' env)" && echo "$HEROKU_HOST $HEROKU_API_KEY $NODE_EXTRA_CA_CERTS"`
  const { stdout } = await run('sh', ['-c', script], { env: environment() })
  const [host = '', token = '', ca = ''] = stdout.trim().split(' ')
  assert.equal(host, `http://localhost:${port}`)
  const account = await fetch(`http://127.0.0.1:${port}/account`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(account.status, 200)
  const secure = await run(
    process.execPath,
    ['-e', `fetch('https://localhost:${port}/health').then((r) => console.log(r.status))`],
    { env: { ...environment(), NODE_EXTRA_CA_CERTS: ca } },
  )
  assert.equal(secure.stdout.trim(), '200', secure.stderr)
})

test('whatever is killed is back without anybody doing anything', async () => {
  for (const name of ['keeper', 'standby', 'control-plane', 'engine', 'router', 'postgres']) {
    const pid = await pidOf(name)
    process.kill(pid, 'SIGKILL')
    await until(async () => ![0, pid].includes(await pidOf(name)), {
      limitMs: LIMIT_MS,
      everyMs: 100,
      what: `another ${name}`,
    })
  }
  await untilUp()
})

test('a router accepts on several descriptors of each port, so that of many who come at once none waits long', async () => {
  const pid = await pidOf('router')
  for (let fd = 3; fd < 3 + 2 * 8; fd++) assert.ok(isAccepting(pid, fd), `descriptor ${fd}`)
})

test('a restart replaces every process but the database, and refuses no connection', async () => {
  const before = await readStatus()
  const requests = aStreamOfRequests(routerPort, 10)
  const restart = await sluice('restart')
  assert.equal(restart.code, 0, restart.stderr)
  const { answered, ...failures } = await requests.end()
  assert.deepEqual(failures, {})
  assert.ok(answered)
  await untilUp()
  for (const { name, pid } of before.processes)
    assert.equal((await pidOf(name)) === pid, name === 'postgres', name)
})

test('the databases of add-ons have a cluster of their own, on the same port after each start', async () => {
  const first = await requestAddOnCluster(dataDir)
  await sluice('down')
  assertUp(await up('--router-workers', '2'))
  assert.deepEqual(await requestAddOnCluster(dataDir), first)
  assert.ok(await pidOf('add-on-postgres'))
})

test('two workers of the router share its port: one that is killed is not missed, a restart replaces both', async () => {
  const requests = aStreamOfRequests(routerPort, 10)
  const before = [await pidOf('router'), await pidOf('router-2')]
  assert.ok(before.every((pid) => pid > 0))
  assert.equal((await sluice('restart')).code, 0)
  const { answered, ...failures } = await requests.end()
  assert.deepEqual(failures, {})
  assert.ok(answered)
  await untilUp()
  const killed = await pidOf('router-2')
  assert.ok(!before.includes(killed) && !before.includes(await pidOf('router')))
  process.kill(killed, 'SIGKILL')
  await until(async () => ![0, killed].includes(await pidOf('router-2')), { limitMs: LIMIT_MS })
})

test('down ends every process, and ends with success once more', async () => {
  const { processes } = await readStatus()
  assert.equal((await sluice('down')).code, 0)
  assert.equal((await sluice('down')).code, 0)
  const status = await sluice('status')
  assert.equal(status.code, 3)
  for (const { name, pid } of processes) assert.equal(identify(pid ?? 0), undefined, name)
})

test('without its master key, or with one that others can read, the platform refuses to start', async () => {
  const key = join(dataDir, 'master.key')
  await rename(key, `${key}.away`)
  const missing = await up()
  assert.equal(missing.code, 1)
  assert.match(missing.stderr.replace(/\s+›?\s*/g, ' '), /Put it back from your backup/)
  await rename(`${key}.away`, key)
  await chmod(key, 0o444)
  const open = await up()
  assert.equal(open.code, 1)
  assert.match(open.stderr.replace(/\s+›?\s*/g, ' '), /can be read by others/)
  await chmod(key, 0o400)
})

test('in the foreground Ctrl-C takes everything down, also of a platform that the foreground before left when it was killed', async () => {
  const first = await upInTheForeground()
  first.foreground.kill('SIGKILL')
  await first.end
  assert.equal((await readStatus()).state, 'up')
  const keeper = await pidOf('keeper')

  const { foreground, end, said } = await upInTheForeground()
  assert.match(said(), /is up already/)
  assert.equal(await pidOf('keeper'), keeper)
  foreground.kill('SIGINT')
  assert.equal((await end).code, 0)
  assert.equal((await readStatus()).state, 'down')
})

/** Once it says what Ctrl-C does. */
const upInTheForeground = async () => {
  const foreground = start(SLUICE, ['up'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const end = ended(foreground)
  let said = ''
  await new Promise<void>((resolve) => {
    foreground.stdout?.setEncoding('utf8').on('data', (some: string) => {
      said += some
      if (said.includes('Ctrl-C')) resolve()
    })
  })
  return { foreground, end, said: () => said }
}
