import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds } from '../support/platform.ts'
import type { Fault } from './fault.ts'
import { change, type Change } from './workload.ts'

/** Changes that meet other changes. */
export const CHANGE_FAULTS: Fault[] = [
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
    id: 'F45:interleaved',
    isQuick: true,
    what: 'three people push, promote and configure at once: the last promotion and the last value serve',
    load: 'visits',
    inject: async (scene) => {
      const { random } = scene
      const often = async (kind: Change['kind'], times: number): Promise<Change[]> => {
        const made: Change[] = []
        for (let time = 0; time < times; time++) {
          await pause(random.whole(700))
          made.push(await change(scene, kind, `f45-${Date.now()}-${time}`))
        }
        return made
      }
      const all = await Promise.all([often('push', 2), often('promote', 4), often('config', 5)])
      return all
        .flat()
        .filter(({ acknowledged }) => !acknowledged)
        .map(({ kind, status }) => `${kind} was answered ${status}`)
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
]
