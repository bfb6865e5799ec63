import { randomBytes } from 'node:crypto'
import { on, once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect as connectTo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'
import { connect, type Api } from './platform-api.ts'

/**
 * Promotion: from the API call until no request is answered by the old release, minus the app's own boot (from the
 * start of its process to listening, measured in the app), for a small and a large slug. Medians of RUNS, the sizes in
 * turn so that both meet the same platform; the first rounds only warm it up.
 */
const RUNS = 9
const WARM_UP = 3
/** Nobody promotes in the very moment of the push, in which the old dyno stops and the last promotion's plan is kept. */
const REST_MS = 2000
const SIZES_MB = [5, 300] as const

const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
/** Its boot is from the shell that starts it to listening: what the platform does before that counts as ours. */
const SERVER = `import json, os, socketserver, http.server, time
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def do_GET(self):
        body = json.dumps({'version': open('version').read(), 'bootMs': boot}).encode()
        self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page)
boot = (time.time_ns() - int(os.environ['BEGAN'])) / 1e6
server.serve_forever()
`
const PROCFILE = 'web: BEGAN=$(date +%s%N) exec python3 server.py\n'

type Coupling = { pipeline: { id: string }; app: { id: string } }
type Page = { version: string; bootMs: number }

export const benchPromotion = async (): Promise<void> => {
  const platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  try {
    const pairs = [await aPair(platform, SIZES_MB[0]), await aPair(platform, SIZES_MB[1])] as const
    const api = await connect(platform)
    const times: [number[], number[]] = [[], []]
    for (let round = 1; round <= WARM_UP + RUNS; round++)
      for (const index of [0, 1] as const) {
        const took = await pushAndPromote(platform, api, pairs[index], String(round))
        if (round > WARM_UP) times[index].push(took)
      }
    for (const index of [0, 1] as const) report(SIZES_MB[index], times[index])
    const difference = Math.abs(medianOf(times[0]) - medianOf(times[1]))
    console.log(`difference between the sizes: ${difference.toFixed(0)} ms (goal: within 20 ms)`)
  } finally {
    await platform.stop()
  }
}

const report = (sizeMb: number, times: number[]): void => {
  const all = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0))
  console.log(
    `promotion of ${sizeMb} MB beyond the app's boot: median ${medianOf(times).toFixed(0)} ms, of ${all.join(' ')} (goal: 100 ms)`,
  )
}

type Pair = { dir: string; source: string; target: string }

/** Two apps in a pipeline, and the repository whose code goes through it. */
const aPair = async (platform: TestPlatform, sizeMb: number): Promise<Pair> => {
  const [source, target] = [`bench-${sizeMb}-staging`, `bench-${sizeMb}`]
  const buildpack = await platform.aRepository(`buildpack-${sizeMb}`, { files: BUILDPACK })
  const dir = await platform.aRepository(source, {
    files: { Procfile: PROCFILE, 'server.py': SERVER, version: '0' },
  })
  await writeFile(`${dir}/ballast`, randomBytes(sizeMb * 1_000_000))
  await platform.commit(dir, 'Ballast')
  for (const app of [source, target])
    assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', source))
  assertSucceeds(await platform.sluice('pipelines:create', target, '-a', source, '-s', 'staging'))
  assertSucceeds(await platform.sluice('pipelines:add', target, '-a', target, '-s', 'production'))
  const url = `https://localhost:${platform.port}/${source}.git`
  assertSucceeds(await platform.git(dir, 'remote', 'add', 'sluice', url))
  return { dir, source, target }
}

const pushAndPromote = async (
  platform: TestPlatform,
  api: Api,
  { dir, source, target }: Pair,
  round: string,
): Promise<number> => {
  await writeFile(`${dir}/version`, round)
  await platform.commit(dir, `Round ${round}`)
  assertSucceeds(await platform.git(dir, 'push', '--quiet', 'sluice', 'main'))
  await pause(REST_MS)
  return promoteOnce(platform, api, { source, target, round })
}

const promoteOnce = async (
  platform: TestPlatform,
  api: Api,
  { source, target, round }: { source: string; target: string; round: string },
): Promise<number> => {
  const coupling = await api<Coupling>('GET', `/apps/${source}/pipeline-couplings`)
  const { id: targetId } = await api<{ id: string }>('GET', `/apps/${target}`)
  const visitor = await openVisitor(platform.routerPort, target)
  let lastOld = 0
  let bootMs = 0
  let isDone = false
  const began = performance.now()
  const promoted = api('POST', '/pipeline-promotions', {
    pipeline: { id: coupling.pipeline.id },
    source: { app: { id: coupling.app.id } },
    targets: [{ app: { id: targetId } }],
  })
  const deadline = began + 30_000
  while (!isDone && performance.now() < deadline) {
    const page = await visitor.ask()
    if (page?.version === round) {
      bootMs = page.bootMs
      isDone = true
    } else lastOld = performance.now()
    await pause(5)
  }
  // A request that was on its way may still be answered by the old release; from here on none may be.
  for (let asked = 0; asked < 20; asked++) {
    const page = await visitor.ask()
    if (page?.version !== round) lastOld = performance.now()
  }
  await promoted
  visitor.close()
  if (!isDone) throw new Error('The promotion did not come through.')
  return lastOld - began - bootMs
}

/** One connection that asks for the page again and again, at next to no cost: its processors are the platform's too. */
const openVisitor = async (port: number, app: string) => {
  const socket = connectTo({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  const chunks = on(socket.setEncoding('latin1'), 'data', { close: ['close'] })
  /** undefined if it is answered with an error */
  const ask = async (): Promise<Page | undefined> => {
    socket.write(`GET / HTTP/1.1\r\nHost: ${app}.localhost\r\n\r\n`)
    let text = ''
    for (;;) {
      const { value, done } = await chunks.next()
      if (done) throw new Error('The router has closed a connection.')
      text += String(value[0])
      const [head = '', body] = text.split('\r\n\r\n', 2)
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1])
      if (body?.length !== length) continue
      return head.startsWith('HTTP/1.1 200') ? (JSON.parse(body) as Page) : undefined
    }
  }
  return { ask, close: () => socket.destroy() }
}
