import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds } from '../support/platform.ts'
import { until } from '../support/until.ts'
import { SLOW_COMPILE, type Answer } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { releasesOf, withTheSameDynos } from './looks.ts'
import { beginsWith, listProcesses, waitedForProcessor } from './processes.ts'
import { change, promotionOfFast, type Scene } from './workload.ts'

/** Where a process of the control plane may die in a deploy, with the change that leads there. */
const FAILPOINTS = {
  'deploy-taken': 'config',
  'deploy-release-phase-wanted': 'config',
  'deploy-after-release-phase': 'config',
  'deploy-after-want-dynos': 'config',
  'deploy-after-healthy': 'config',
  'deploy-after-route': 'config',
  'deploy-after-routed': 'config',
  'deploy-after-stop-old': 'restart',
  'deploy-after-old-stopped': 'restart',
  'build-taken': 'push',
  'build-after-source': 'push',
  'build-after-build': 'push',
  'artifact-made': 'push',
  'artifact-flushed': 'push',
  'build-released': 'push',
} as const

const QUICK: string[] = [
  'deploy-release-phase-wanted',
  'deploy-after-want-dynos',
  'deploy-after-route',
  'build-after-build',
]

const dieAt = (name: keyof typeof FAILPOINTS, id: string): Fault => ({
  id: `${id}:${name}`,
  what: `the control plane dies at ${name}`,
  load: 'visits',
  ...(QUICK.includes(name) ? { isQuick: true } : {}),
  inject: async (scene) => {
    const { platform } = scene
    await platform.arm(name)
    const died = until(async () => !(await platform.isArmed()), {
      limitMs: 30_000,
      what: `a death at ${name}`,
    })
    const [, death] = await Promise.allSettled([
      change(scene, FAILPOINTS[name], `${name}-${Date.now()}`),
      died,
    ])
    await platform.disarm()
    await platform.untilApiUp()
    return death.status === 'rejected' ? [`nobody died at ${name}`] : []
  },
})

/** Kills it so many times, at moments that the seed decides. */
const killing =
  (name: string, times: number) =>
  async ({ platform, random }: Scene): Promise<string[]> => {
    for (let time = 0; time < times; time++) {
      await pause(random.whole(2_000))
      await platform.untilApiUp()
      await platform.kill(name)
    }
    await platform.untilApiUp()
    return []
  }

/** In a deploy whose old dynos must stop first: its app does not answer meanwhile, the others do. */
const dieStoppedFirst = (name: keyof typeof FAILPOINTS): Fault => {
  const fault = dieAt(name, 'F02')
  return {
    ...fault,
    allowance: { failedVisits: Infinity, of: 'fast' },
    inject: async (scene) => {
      const overlap = (state: string): Promise<unknown> =>
        scene.platform.sluice('deploys:overlap', state, '-a', 'fast').then(assertSucceeds)
      await overlap('off')
      try {
        return await fault.inject(scene)
      } finally {
        await overlap('on')
      }
    },
  }
}

const isStopFirst = (name: string): boolean => /stop-old|old-stopped/.test(name)

/** A process that lived so long is started again at once. */
const SETTLED_MS = 10_000
const BACK_MS = 5_000

/** How long the API is away is told if it is longer than it may be, apart from what others of the machine took. */
const killOften =
  (times: number) =>
  async ({ platform, random }: Scene): Promise<string[]> => {
    const late: string[] = []
    for (let time = 0; time < times; time++) {
      await pause(SETTLED_MS + random.whole(500))
      await platform.kill('control-plane')
      const began = performance.now()
      await platform.untilApiUp()
      const tookMs = Math.round(performance.now() - began)
      const waitedMs = await waitedForProcessor((await platform.pids())['control-plane'] ?? 0)
      if (tookMs - waitedMs > BACK_MS)
        late.push(`the API was back after ${tookMs} ms, ${waitedMs} of them without a processor`)
    }
    return late
  }

const UNANSWERED = { status: 0, retryAfter: null }

/**
 * Writes while PostgreSQL is dead: each is done, or is answered 503 with when to try again, or has no answer, as the
 * control plane begins anew.
 */
const writeMeanwhile = async ({ platform, random }: Scene): Promise<string[]> => {
  const rude = new Set<string>()
  for (let time = 0; time < 5; time++) {
    await pause(random.whole(500))
    await platform.kill('postgres')
    let isBack = false
    const deadline = performance.now() + 60_000
    for (let asked = 0; !(isBack && asked > 20) && performance.now() < deadline; asked++) {
      const write = platform.api('PATCH', '/apps/slow', { maintenance: false })
      const { status, retryAfter } = await write.catch(() => UNANSWERED)
      isBack = status === 200
      const isPolite = status === 503 && retryAfter !== null
      if (!isBack && !isPolite && status !== UNANSWERED.status)
        rude.add(`a write was answered ${status}, Retry-After: ${retryAfter}`)
    }
    if (!isBack) rude.add('writes were not possible again within a minute')
  }
  return [...rude]
}

/** Dies while the buildpack runs; nothing of the build may be left once another attempt has ended. */
const dieCompiling = async (scene: Scene): Promise<string[]> => {
  const { platform } = scene
  const slow = join(platform.source, 'compile-slowly')
  await writeFile(slow, '')
  const pushing = change(scene, 'push', `f06-${Date.now()}`)
  const workspaces = async (): Promise<string[]> =>
    (await readdir(join(platform.dataDir, 'builds'))).filter((name) => !name.endsWith('.log'))
  await until(() => isCompiling(), { limitMs: 60_000, everyMs: 50, what: 'a buildpack at work' })
  await platform.kill('control-plane')
  await pushing
  await rm(slow)
  await platform.untilApiUp()
  const left = async (): Promise<string[]> => [
    ...(await workspaces()),
    ...((await isCompiling()) ? ['a buildpack'] : []),
    ...(await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .filter((line) => line.includes(join(platform.dataDir, 'builds'))),
  ]
  return until(async () => (await left()).length === 0, { limitMs: 90_000, everyMs: 500 }).then(
    () => [],
    async () => [`I8: of a killed build is left: ${(await left()).join(', ')}`],
  )
}

const isCompiling = async (): Promise<boolean> =>
  (await listProcesses()).some((one) => beginsWith(one, ...SLOW_COMPILE))

export const PROCESS_FAULTS: Fault[] = [
  {
    id: 'F01',
    isQuick: true,
    what: 'kill -9 of the control plane, nothing under way',
    load: 'visits',
    inject: withTheSameDynos(killing('control-plane', 3)),
  },
  {
    id: 'F01:fifty',
    what: 'kill -9 of the control plane fifty times, each time back within 5 s',
    load: 'visits',
    inject: withTheSameDynos(killOften(50)),
  },
  ...(Object.keys(FAILPOINTS) as (keyof typeof FAILPOINTS)[]).map((name) =>
    isStopFirst(name)
      ? dieStoppedFirst(name)
      : dieAt(name, FAILPOINTS[name] === 'push' ? 'F06' : 'F02'),
  ),
  {
    id: 'F06:compiling',
    isQuick: true,
    what: 'kill -9 of the control plane while a buildpack runs: nothing of it is left',
    load: 'visits',
    inject: dieCompiling,
  },
  {
    id: 'F02',
    what: 'kill -9 of the control plane at random moments of changes',
    load: 'changes',
    inject: killing('control-plane', 6),
  },
  {
    id: 'F03',
    isQuick: true,
    what: 'the control plane dies between the commit of a promotion and its answer, which is asked for again',
    load: 'visits',
    inject: async ({ platform }) => {
      const before = await releasesOf(platform, 'fast')
      const asked = await promotionOfFast(platform)
      const key = `f03-${Date.now()}`
      const ask = (): Promise<Answer> =>
        platform.api('POST', '/pipeline-promotions', asked, { 'idempotency-key': key })
      await platform.arm('api-before-answer')
      const first = await ask().catch(() => undefined)
      await platform.disarm()
      await platform.untilApiUp()
      const ids = [await ask(), await ask()].map(({ body }) => (body as { id?: string }).id)
      const made = (await releasesOf(platform, 'fast')) - before
      return [
        ...(first === undefined ? [] : [`it was answered ${first.status}, and nobody died`]),
        ...(ids[0] !== undefined && ids[0] === ids[1] ? [] : [`answered ${ids.join(' and ')}`]),
        ...(made === 1 ? [] : [`I1: ${made} releases came of one promotion`]),
      ]
    },
  },
  {
    id: 'F04',
    isQuick: true,
    what: 'kill -9 of the engine',
    load: 'visits',
    inject: withTheSameDynos(killing('engine', 3)),
  },
  {
    id: 'F04:changes',
    what: 'kill -9 of the engine at random moments of changes',
    load: 'changes',
    inject: killing('engine', 4),
  },
  {
    id: 'F07',
    isQuick: true,
    what: 'kill -9 of the router: only what was under way fails, nobody is refused',
    load: 'visits',
    allowance: { failedVisits: 12 },
    inject: killing('router', 3),
  },
  {
    id: 'F08',
    isQuick: true,
    what: 'a planned restart of everything',
    load: 'visits',
    inject: withTheSameDynos(async ({ platform }) => {
      const { code, stderr } = await platform.sluice('restart')
      return code === 0 ? [] : [`sluice restart: ${stderr}`]
    }),
  },
  {
    id: 'F09',
    isQuick: true,
    what: 'kill -9 of the keeper in the middle of changes, and sluice up again',
    load: 'changes',
    inject: async ({ platform, random }) => {
      await pause(random.whole(2_000))
      await platform.kill('keeper')
      const ports = ['--port', `${platform.port}`, '--router-port', `${platform.routerPort}`]
      assertSucceeds(await platform.sluice('up', '--detach', ...ports))
      return []
    },
  },
  {
    id: 'F10',
    isQuick: true,
    what: 'kill -9 of PostgreSQL',
    load: 'changes',
    inject: killing('postgres', 2),
  },
  {
    id: 'F10:writes',
    isQuick: true,
    what: 'writes while PostgreSQL is dead are done, answered 503 with Retry-After, or not answered',
    load: 'visits',
    inject: writeMeanwhile,
  },
]
