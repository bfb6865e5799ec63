import { readdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds } from '../support/platform.ts'
import { until } from '../support/until.ts'
import { SERVING, STAGING, type Answer, type FaultPlatform } from './fault-platform.ts'
import type { Allowance } from './invariants.ts'
import { change, promotionOfFast, type Scene } from './workload.ts'

export type Fault = {
  id: string
  what: string
  /** Who is at work meanwhile: visitors and somebody who changes things, or visitors alone. */
  load: 'changes' | 'visits'
  /** Also a test of every run; the others take longer or are of the same kind. */
  isQuick?: true
  allowance?: Allowance
  /** Does it, and heals it. Returns what did not go as it must. */
  inject: (scene: Scene) => Promise<string[]>
}

/** Where a process of the control plane may die in a deploy, with the change that leads there. */
const FAILPOINTS = {
  'deploy-taken': 'config',
  'deploy-release-phase-wanted': 'config',
  'deploy-after-release-phase': 'config',
  'deploy-after-want-dynos': 'config',
  'deploy-after-healthy': 'config',
  'deploy-after-route': 'config',
  'deploy-after-routed': 'config',
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

type DynoJson = { id: string; name: string; state: string; created_at: string }

const dynosOf = async (platform: FaultPlatform, app: string): Promise<DynoJson[]> =>
  (await platform.api('GET', `/apps/${app}/dynos`)).body as DynoJson[]

const releasesOf = async (platform: FaultPlatform, app: string): Promise<number> =>
  ((await platform.api('GET', `/apps/${app}/releases`)).body as unknown[]).length

const runningOf = async (platform: FaultPlatform): Promise<string> => {
  const all: unknown[] = []
  for (const app of SERVING) {
    const { stdout } = await platform.sluice('ps', '-a', app, '--json')
    all.push(
      ...(JSON.parse(stdout) as { id: string; restarts: number }[]).map(({ id, restarts }) => [
        id,
        restarts,
      ]),
    )
  }
  return JSON.stringify(all)
}

/** What is done must leave every dyno what it was: the same one, never restarted. */
const withTheSameDynos =
  (inject: Fault['inject']): Fault['inject'] =>
  async (scene) => {
    const { platform } = scene
    const before = await runningOf(platform)
    const problems = await inject(scene)
    const after = await runningOf(platform)
    return before === after ? problems : [...problems, `I7: dynos were ${before}, are ${after}`]
  }

const logOf = async (platform: FaultPlatform, app: string, lines = 1500): Promise<string> =>
  (await platform.sluice('logs', '-a', app, '-n', String(lines))).stdout

const untilLogged = async (
  platform: FaultPlatform,
  app: string,
  what: RegExp,
  limitMs = 60_000,
): Promise<string[]> =>
  until(async () => what.test(await logOf(platform, app)), { limitMs, everyMs: 500 }).then(
    () => [],
    () => [`the log of ${app} never said ${what.source}`],
  )

const visit = (platform: FaultPlatform, app: string, path: string): Promise<unknown> =>
  platform.request(app, path).catch(() => undefined)

export const FAULTS: Fault[] = [
  {
    id: 'F01',
    isQuick: true,
    what: 'kill -9 of the control plane, nothing under way',
    load: 'visits',
    inject: withTheSameDynos(killing('control-plane', 3)),
  },
  ...(Object.keys(FAILPOINTS) as (keyof typeof FAILPOINTS)[]).map((name) =>
    dieAt(name, FAILPOINTS[name] === 'push' ? 'F06' : 'F02'),
  ),
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
    id: 'F25',
    what: 'a dyno takes more memory than it may',
    load: 'visits',
    allowance: { failedVisits: 40 }, // its own visitors'
    inject: async ({ platform }) => {
      const [before] = await dynosOf(platform, 'fast')
      await visit(platform, 'fast', '/eat')
      const said = await untilLogged(platform, 'fast', /R15|R14/)
      await until(
        async () => (await dynosOf(platform, 'fast')).every(({ state }) => state === 'up'),
        {
          limitMs: 60_000,
          everyMs: 200,
          what: 'the dyno again',
        },
      )
      return before ? said : ['fast had no dyno']
    },
  },
  {
    id: 'F29',
    what: 'an app prints without end',
    load: 'visits',
    allowance: { failedVisits: 20 }, // of the app itself, which is busy
    inject: async ({ platform, record }) => {
      const { length } = record.visits
      await visit(platform, 'flooding', '/print')
      await pause(10_000)
      const said = await untilLogged(platform, 'flooding', /Error L10/)
      assertSucceeds(await platform.sluice('ps:restart', '-a', 'flooding'))
      const others = record.visits
        .slice(length)
        .filter(({ app, status }) => app !== 'flooding' && status !== 200)
      return others.length > 0 ? [...said, `I10: ${others.length} visits of others failed`] : said
    },
  },
  {
    id: 'F36',
    isQuick: true,
    what: 'SIGTERM is ignored',
    load: 'visits',
    inject: async ({ platform }) => {
      assertSucceeds(await platform.sluice('ps:restart', '-a', 'stubborn'))
      return untilLogged(platform, 'stubborn', /Error R12/)
    },
  },
  {
    id: 'F39',
    what: 'an app that crashes at boot is never the current release, and is not tried for ever',
    load: 'visits',
    inject: async ({ platform }) => {
      const releases = (await platform.api('GET', '/apps/crashing/releases')).body as {
        slug: unknown
        current: boolean
      }[]
      return releases.some(({ slug, current }) => current && slug !== null)
        ? ['I4: a release that never booted is the current one']
        : []
    },
  },
  {
    id: 'F40',
    isQuick: true,
    what: 'one of two dynos dies',
    load: 'visits',
    allowance: { failedVisits: 4 }, // those that it was answering
    inject: async ({ platform }) => {
      assertSucceeds(await platform.sluice('ps:scale', 'web=2', '-a', 'fast'))
      await until(
        async () => {
          const dynos = await dynosOf(platform, 'fast')
          return dynos.length === 2 && dynos.every(({ state }) => state === 'up')
        },
        { limitMs: 60_000, everyMs: 200, what: 'two dynos' },
      )
      const [victim] = await dynosOf(platform, 'fast')
      const pids = await processesOf(platform, victim?.id ?? '')
      for (const pid of pids) process.kill(pid, 'SIGKILL')
      await until(
        async () => (await dynosOf(platform, 'fast')).every(({ state }) => state === 'up'),
        { limitMs: 60_000, everyMs: 200, what: 'both dynos again' },
      )
      assertSucceeds(await platform.sluice('ps:scale', 'web=1', '-a', 'fast'))
      return pids.length === 0 ? ['nothing of the dyno was found to kill'] : []
    },
  },
  {
    id: 'F44',
    isQuick: true,
    what: 'many promotions to one app at once',
    load: 'visits',
    inject: async (scene) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => change(scene, 'promote')))
      const refused = answers.filter(({ status }) => status !== 201 && status !== 503)
      return refused.map(({ status }) => `a promotion was answered ${status}`)
    },
  },
  {
    id: 'F45',
    what: 'a push while its app is promoted and changed',
    load: 'changes',
    inject: async (scene) => {
      const { random } = scene
      const pushing = change(scene, 'push', `overtaken-${Date.now()}`)
      await pause(random.whole(1_500))
      await change(scene, 'promote')
      await pushing
      return []
    },
  },
  {
    id: 'F46',
    isQuick: true,
    what: 'scale and restart in the middle of a deploy',
    load: 'visits',
    inject: async (scene) => {
      const { random } = scene
      await change(scene, 'config', `f46-${Date.now()}`)
      for (const kind of ['scale', 'restart', 'scale', 'config', 'scale'] as const) {
        await pause(random.whole(400))
        await change(scene, kind, `f46-${Date.now()}`)
      }
      return []
    },
  },
  {
    id: 'F47',
    isQuick: true,
    what: 'an app is destroyed in the middle of a build, of a deploy and while it serves',
    load: 'visits',
    inject: async ({ platform, random }) => {
      const problems: string[] = []
      for (const [number, waitMs] of [random.whole(400), random.whole(3_000), 6_000].entries()) {
        const name = `doomed-${number}`
        assertSucceeds(await platform.sluice('apps:create', name, '--no-remote'))
        const url = `https://localhost:${platform.port}/${name}.git`
        const buildpack = `file://${join(platform.home, 'buildpack')}`
        assertSucceeds(await platform.sluice('buildpacks:set', buildpack, '-a', name))
        const pushing = platform.git(platform.source, 'push', '--quiet', url, 'main')
        await pause(waitMs)
        const { status } = await platform.api('DELETE', `/apps/${name}`)
        if (status !== 200) problems.push(`destroying ${name} was answered ${status}`)
        await pushing
        if ((await platform.api('GET', `/apps/${name}`)).status !== 404)
          problems.push(`${name} is still there`)
      }
      return problems
    },
  },
  {
    id: 'F51',
    isQuick: true,
    what: 'a byte of a slug is flipped on the disk',
    load: 'visits',
    inject: async (scene) => {
      const { platform } = scene
      await change(scene, 'push', `f51-${Date.now()}`)
      const path = await findBlob(platform, 'page f51-')
      if (path === undefined) return ['the slug has no file to spoil']
      const good = await readFile(path)
      await writeFile(
        path,
        good.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
      )
      const before = await dynosOf(platform, STAGING)
      try {
        await platform.kill('engine') // it has looked at this slug already
        await until(async () => ((await platform.pids())['engine'] ?? 0) > 0, { limitMs: 30_000 })
        await platform.api('DELETE', `/apps/${STAGING}/dynos`)
        const said = await untilLogged(
          platform,
          STAGING,
          /could not be started|does not match|spoilt/i,
        )
        const now = await dynosOf(platform, STAGING)
        const isServing = before.some(({ id }) => now.some((dyno) => dyno.id === id))
        return isServing ? said : [...said, 'I9: the dyno that ran does so no more']
      } finally {
        await writeFile(path, good)
        await platform.api('DELETE', `/apps/${STAGING}/dynos`)
      }
    },
  },
  {
    id: 'F72',
    isQuick: true,
    what: 'an event stream is open when its dyno is replaced: it ends at the end of the drain, not before',
    load: 'visits',
    inject: async (scene) => {
      const { platform } = scene
      const stream = openStream(platform, 'fast')
      await stream.open
      const began = performance.now()
      await change(scene, 'restart')
      await until(() => stream.hasEnded(), { limitMs: 60_000, what: 'the end of the stream' })
      const tookMs = performance.now() - began
      return tookMs < 4_000 ? [`the stream was cut after ${Math.round(tookMs)} ms`] : []
    },
  },
]

/** Processes inside a dyno's sandbox: those below its supervisor that are named like the app's. */
const processesOf = async (platform: FaultPlatform, dynoId: string): Promise<number[]> => {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!command.startsWith('python3\0server.py')) continue
    let above = pid
    for (let steps = 0; steps < 8 && above !== '0'; steps++) {
      const line = await readFile(`/proc/${above}/cmdline`, 'utf8').catch(() => '')
      if (line.includes(`${platform.dataDir}/engine/dynos/${dynoId}/`)) {
        found.push(Number(pid))
        break
      }
      const status = await readFile(`/proc/${above}/status`, 'utf8').catch(() => '')
      above = /^PPid:\s+(\d+)/m.exec(status)?.[1] ?? '0'
    }
  }
  return found
}

/** The file in the artifact store with this text in it. */
const findBlob = async (platform: FaultPlatform, text: string): Promise<string | undefined> => {
  const place = join(platform.dataDir, 'artifacts')
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path, 'latin1').catch(() => '')
    if (content.startsWith(text)) return path
  }
  return undefined
}

const openStream = (platform: FaultPlatform, app: string) => {
  let ended = false
  const open = new Promise<void>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: platform.routerPort,
        path: '/events',
        headers: { host: `${app}.localhost` },
        agent: false,
      },
      (response) => {
        response.once('data', () => resolve())
        response.on('error', () => (ended = true))
        response.once('close', () => (ended = true))
      },
    )
    asked.once('error', reject)
    asked.end()
  })
  return { open, hasEnded: () => ended }
}
