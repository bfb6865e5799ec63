import { request } from 'node:http'
import { assertSucceeds } from '../support/platform.ts'
import { until } from '../support/until.ts'
import type { FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { dynosOf, newestRelease, processesOf, untilLogged, untilReleased, visit } from './looks.ts'
import { beginsWith, listProcesses } from './processes.ts'
import { change } from './workload.ts'

/** Dynos that misbehave or die. */
export const DYNO_FAULTS: Fault[] = [
  {
    id: 'F25',
    what: 'a dyno takes more memory than it may',
    load: 'visits',
    allowance: { failedVisits: Infinity, of: 'fast' }, // its own, for as long as its back-off lasts
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
    id: 'F37',
    isQuick: true,
    what: 'what a dyno forked twice into sessions of its own, deaf to SIGTERM, ends with the dyno',
    load: 'changes',
    inject: async ({ platform, random }) => {
      const seconds = `${3_600 + random.whole(3_600)}.37`
      const children = async (): Promise<number[]> =>
        (await listProcesses())
          .filter((one) => beginsWith(one, 'sleep', seconds))
          .map(({ pid }) => pid)
      await visit(platform, 'odd', `/leave-children?${seconds}`)
      await until(async () => (await children()).length === 2, {
        limitMs: 30_000,
        everyMs: 100,
        what: 'two processes that have left',
      })
      assertSucceeds(await platform.sluice('ps:restart', '-a', 'odd'))
      const isGone = async (): Promise<boolean> => (await children()).length === 0
      return until(isGone, { limitMs: 60_000, everyMs: 200 }).then(
        () => [],
        async () => [`I8: of a dyno are left ${(await children()).join(', ')}`],
      )
    },
  },
  {
    id: 'F39:loop',
    what: 'a dyno crashes whenever it is up: it comes back at once, then later and later, and a release begins that anew',
    load: 'visits',
    allowance: { failedVisits: Infinity, of: 'odd' },
    inject: async ({ platform }) => {
      await renew(platform)
      const first = await crash(platform)
      const second = await crash(platform)
      const third = await crash(platform)
      await renew(platform)
      const again = await crash(platform)
      const isRight = second >= 9_000 && third >= 18_000 && first < second && again < third
      return isRight ? [] : [`it was back after ${[first, second, third].join(', ')}, ${again} ms`]
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

/** A release of `odd`, with dynos that never crashed. */
const renew = async (platform: FaultPlatform): Promise<void> => {
  const before = await newestRelease(platform, 'odd')
  await platform.api('PATCH', '/apps/odd/config-vars', { RENEWED: `${Date.now()}` })
  await untilReleased(platform, 'odd', before)
}

/** Milliseconds until the dyno of `odd` is up again. */
const crash = async (platform: FaultPlatform): Promise<number> => {
  const restartsBefore = (await dynosOf(platform, 'odd'))[0]?.restarts ?? 0
  const began = performance.now()
  await visit(platform, 'odd', '/crash')
  const isBack = async (): Promise<boolean> => {
    const [dyno] = await dynosOf(platform, 'odd')
    return dyno?.state === 'up' && dyno.restarts > restartsBefore
  }
  await until(isBack, { limitMs: 90_000, everyMs: 100, what: 'the dyno again' })
  return Math.round(performance.now() - began)
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
