import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../support/load.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** `kill -9` of every process of the platform, under load: nothing acknowledged is lost, nothing stays pending. */
const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = (open('page').read() + ' ' + os.environ.get('ROUND', '')).encode()
        self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

let platform: TestPlatform
let source: string
const app = 'survivor'

before(async () => {
  platform = await startPlatform({
    SLUICE_DRAIN_LIMIT_MS: '5000',
    SLUICE_STOP_LIMIT_MS: '3000',
    SLUICE_FILE_BUILDPACKS: '1',
  })
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  source = await platform.aRepository(app, {
    files: {
      Procfile: 'web: exec python3 server.py\nrelease: echo "release phase of $ROUND"\n',
      'server.py': SERVER,
      page: 'page',
    },
  })
  assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', app))
  await platform.git(
    source,
    'remote',
    'add',
    'sluice',
    `https://localhost:${platform.port}/${app}.git`,
  )
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
})
after(() => platform?.stop())

type Process = { name: string; pid: number }
const processes = async (): Promise<Process[]> => {
  const { stdout } = await platform.sluice('status', '--json')
  return (JSON.parse(stdout) as { processes: Process[] }).processes.filter(({ pid }) => pid > 0)
}
const kill = async (name: string): Promise<void> => {
  const found = (await processes()).find((one) => one.name === name)
  assert.ok(found, `${name} is not running`)
  process.kill(found.pid, 'SIGKILL')
}
const isApiUp = async (): Promise<boolean> =>
  fetch(`http://127.0.0.1:${platform.port}/health`).then(
    (response) => response.ok,
    () => false,
  )

/** `sluice config:set` until it is acknowledged: what a person does who sees it fail. Returns the version of the release. */
const setRound = async (round: string): Promise<void> => {
  await until(
    async () => (await platform.sluice('config:set', `ROUND=${round}`, '-a', app)).code === 0,
    { limitMs: 60_000, everyMs: 300, what: 'config:set' },
  )
}
const untilServes = (round: string): Promise<unknown> =>
  until(
    async () => {
      const page = await platform.request(app).catch(() => undefined)
      return page?.status === 200 && page.body === `page ${round}`
    },
    { limitMs: 60_000, everyMs: 50, what: `the page of round ${round}` },
  )
const releases = async (): Promise<{ version: number; status: string; current: boolean }[]> =>
  JSON.parse((await platform.sluice('releases', '-a', app, '-n', '100', '--json')).stdout)

test('the app answers every request while the control plane is dead, and its dyno is not restarted', async () => {
  const dyno = async () =>
    (
      JSON.parse((await platform.sluice('ps', '-a', app, '--json')).stdout) as {
        id: string
        restarts: number
      }[]
    )[0]
  const before = await dyno()
  const load = startLoad({ port: platform.routerPort, host: `${app}.localhost` })
  for (let round = 0; round < 3; round++) {
    await kill('control-plane')
    await until(isApiUp, { limitMs: 60_000, what: 'the API after its kill' })
  }
  const { failures, ok } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(ok > 10)
  const now = await dyno()
  assert.equal(now?.id, before?.id)
  assert.equal(now?.restarts, 0)
})

test('an engine that is killed adopts its dynos again', async () => {
  const load = startLoad({ port: platform.routerPort, host: `${app}.localhost` })
  await kill('engine')
  await setRound('adopted')
  await untilServes('adopted')
  const { failures } = await load.stop()
  assert.deepEqual(failures, [])
})

for (const name of ['control-plane', 'engine', 'router', 'postgres', 'keeper'])
  test(`kill -9 of ${name} in the middle of a deploy loses nothing that was acknowledged`, async () => {
    const round = `kill-${name}`
    await setRound(round)
    await pause(Math.random() * 150)
    if (name === 'keeper') await killKeeper()
    else await kill(name)
    await until(isApiUp, { limitMs: 60_000, what: 'the API after the kill' })
    await untilServes(round)
    await until(async () => (await releases()).every(({ status }) => status !== 'pending'), {
      limitMs: 60_000,
      what: 'no pending release',
    })
    const all = await releases()
    assert.equal(all.filter(({ current }) => current).length, 1)
    assert.deepEqual(
      all.map(({ version }) => version),
      all.map((_, index) => (all[0]?.version ?? 0) - index),
    )
  })

const killKeeper = async (): Promise<void> => {
  await kill('keeper')
  const again = await platform.sluice(
    'up',
    '--detach',
    '--port',
    String(platform.port),
    '--router-port',
    String(platform.routerPort),
  )
  assertSucceeds(again)
}

test('no release phase ran twice', async () => {
  const { stdout } = await platform.sluice('logs', '-a', app, '-n', '1500')
  const phases = stdout
    .split('\n')
    .filter((line) => /app\[release\.\d+\]: release phase of/.test(line))
  const names = phases.map((line) => /app\[(release\.\d+)\]/.exec(line)?.[1])
  assert.deepEqual(names.length, new Set(names).size)
  assert.ok(names.length >= 5)
})

test('a push whose control plane is killed during the build ends in one outcome', async () => {
  await writeFile(`${source}/page`, 'pushed')
  await platform.commit(source, 'Pushed')
  const pushing = platform.git(source, 'push', 'sluice', 'main')
  await until(
    async () =>
      (await readdir(`${platform.dataDir}/builds`)).some((name) => !name.endsWith('.log')), // outputs stay
    { limitMs: 30_000, everyMs: 5 },
  )
  await kill('control-plane')
  await pushing
  await until(isApiUp, { limitMs: 60_000 })
  await until(
    async () =>
      (await platform.request(app).catch(() => undefined))?.body.startsWith('pushed') ?? false,
    {
      limitMs: 60_000,
      what: 'the build that was pushed',
    },
  )
  const branch = await until(
    async () => {
      const listed = await platform.git(source, 'ls-remote', 'sluice', 'refs/heads/main')
      return (
        listed.stdout.slice(0, 40) ===
        (await readFile(`${source}/.git/refs/heads/main`, 'utf8')).trim()
      )
    },
    { limitMs: 60_000, what: 'the branch to be moved' },
  )
  assert.ok(branch)
})
