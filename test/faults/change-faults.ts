import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds } from '../support/platform.ts'
import { until } from '../support/until.ts'
import { STAGING } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { dynosOf, findBlob, untilLogged } from './looks.ts'
import { change, type Change } from './workload.ts'

/** Changes that meet other changes, and slugs that are not what they were. */
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
        const said = await untilLogged(platform, STAGING, /Error R17 \(Checksum error\)/)
        const now = await dynosOf(platform, STAGING)
        const isServing = before.some(({ id }) => now.some((dyno) => dyno.id === id))
        return isServing ? said : [...said, 'I9: the dyno that ran does so no more']
      } finally {
        await writeFile(path, good)
        await platform.api('DELETE', `/apps/${STAGING}/dynos`)
      }
    },
  },
]
