import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../support/until.ts'
import { HANGING_RELEASE, RELEASE_PHASE_LIMIT_MS, type FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { dynosOf, newestRelease, untilLogged, untilReleased } from './looks.ts'
import { beginsWith, listProcesses } from './processes.ts'
import type { Scene } from './workload.ts'

/** Releases of `odd` that never run: the one before must serve on, and a change after them comes through. */
export const RELEASE_FAULTS: Fault[] = [
  {
    id: 'F38:crashes',
    isQuick: true,
    what: 'a release crashes at boot: it has failed, and the one before serves on',
    load: 'changes',
    inject: async (scene) => {
      const reason = /exited with status 3 while it started/
      return failToRelease(scene, { vars: { BOOT: 'crashes' }, reason })
    },
  },
  {
    id: 'F38:never-listens',
    what: 'a release never listens: R10 at the boot limit, and the one before serves on',
    load: 'changes',
    inject: async (scene) => {
      const vars = { BOOT: 'never-listens' }
      const problems = await failToRelease(scene, { vars, reason: /R10 \(Boot timeout\)/ })
      return [...problems, ...(await untilLogged(scene.platform, 'odd', /Error R10/))]
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
    id: 'F41',
    isQuick: true,
    what: 'a release phase hangs and ignores SIGTERM: it is killed at its limit, its release has failed, and the next change comes through',
    load: 'changes',
    inject: async (scene) => {
      const seconds = RELEASE_PHASE_LIMIT_MS / 1_000
      const began = performance.now()
      const problems = await failToRelease(scene, {
        vars: { RELEASE: 'hangs' },
        reason: new RegExp(`longer than ${seconds} seconds`),
        meanwhile: () => until(isHanging, { limitMs: 60_000, what: 'a release phase that hangs' }),
      })
      const tookMs = performance.now() - began
      return [
        ...problems,
        ...(tookMs < RELEASE_PHASE_LIMIT_MS ? [`it was killed after ${tookMs} ms`] : []),
        ...((await isHanging()) ? ['I8: the release phase still runs'] : []),
      ]
    },
  },
]

const isHanging = async (): Promise<boolean> =>
  (await listProcesses()).some((one) => beginsWith(one, ...HANGING_RELEASE))

type FailingRelease = {
  /** Config vars that `odd` does not bear, and what its release then says of why it failed. */
  vars: Record<string, string>
  reason: RegExp
  meanwhile?: () => Promise<unknown>
}

const failToRelease = async (
  { platform, random }: Scene,
  { vars, reason, meanwhile }: FailingRelease,
): Promise<string[]> => {
  await pause(random.whole(2_000))
  const before = await newestRelease(platform, 'odd')
  const dynosBefore = await idsOf(platform)
  const set = (values: Record<string, string | null>): Promise<unknown> =>
    platform.api('PATCH', '/apps/odd/config-vars', values)
  await set(vars)
  await meanwhile?.()
  const failed = await untilReleased(platform, 'odd', before)
  const dynos = await idsOf(platform)
  await set(Object.fromEntries(Object.keys(vars).map((name) => [name, null])))
  const mended = await untilReleased(platform, 'odd', failed)
  return [
    ...(failed.status === 'failed' && reason.test(failed.failure_reason ?? '')
      ? []
      : [`the release is ${failed.status}: ${failed.failure_reason}`]),
    ...(failed.current ? ['I4: a release that failed is the current one'] : []),
    ...(dynosBefore.every((id) => dynos.includes(id)) ? [] : ['I4: the dynos before are gone']),
    ...(mended.status === 'succeeded' && mended.current
      ? []
      : [`I5: the next release is ${mended.status}: ${mended.failure_reason}`]),
  ]
}

const idsOf = async (platform: FaultPlatform): Promise<string[]> =>
  (await dynosOf(platform, 'odd')).map(({ id }) => id)
