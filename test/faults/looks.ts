import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { SERVING, type FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { beginsWith, listProcesses, type ListedProcess } from './processes.ts'
import { supervisedDynos } from './running-dynos.ts'

export type DynoJson = { id: string; name: string; state: string; restarts: number }

export const dynosOf = async (platform: FaultPlatform, app: string): Promise<DynoJson[]> =>
  (await platform.api('GET', `/apps/${app}/dynos`)).body as DynoJson[]

export const releasesOf = async (platform: FaultPlatform, app: string): Promise<number> =>
  ((await platform.api('GET', `/apps/${app}/releases`)).body as unknown[]).length

export type ReleaseJson = {
  version: number
  status: string
  current: boolean
  failure_reason: string | null
}

export const newestRelease = async (platform: FaultPlatform, app: string): Promise<ReleaseJson> => {
  const range = { range: 'version ..; order=desc, max=1' }
  const { body } = await platform.api('GET', `/apps/${app}/releases`, undefined, range)
  const [newest] = body as ReleaseJson[]
  if (!newest) throw new Error(`${app} has no release.`)
  return newest
}

/** The newest release, once there is another one than that and it has ended. */
export const untilReleased = (
  platform: FaultPlatform,
  app: string,
  before: ReleaseJson,
): Promise<ReleaseJson> =>
  until(
    async () => {
      const newest = await newestRelease(platform, app)
      const hasEnded = newest.version > before.version && newest.status !== 'pending'
      return hasEnded ? newest : undefined
    },
    { limitMs: 120_000, everyMs: 200, what: `the end of a release of ${app}` },
  )

/** Who they are, and how often each was started again. */
export const runningOf = async (platform: FaultPlatform): Promise<string> => {
  const all: unknown[] = (await supervisedDynos(platform.dataDir)).toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  )
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

/** What is done must leave every dyno what it was: the same process, never restarted. */
export const withTheSameDynos =
  (inject: Fault['inject']): Fault['inject'] =>
  async (scene) => {
    const { platform } = scene
    const before = await runningOf(platform)
    const problems = await inject(scene)
    const after = await runningOf(platform)
    return before === after ? problems : [...problems, `I7: dynos were ${before}, are ${after}`]
  }

export const logOf = async (platform: FaultPlatform, app: string, lines = 1500): Promise<string> =>
  (await platform.sluice('logs', '-a', app, '-n', String(lines))).stdout

export const untilLogged = async (
  platform: FaultPlatform,
  app: string,
  what: RegExp,
  limitMs = 60_000,
): Promise<string[]> =>
  until(async () => what.test(await logOf(platform, app)), { limitMs, everyMs: 500 }).then(
    () => [],
    () => [`the log of ${app} never said ${what.source}`],
  )

export const visit = (platform: FaultPlatform, app: string, path: string): Promise<unknown> =>
  platform.request(app, path).catch(() => undefined)

/** Processes inside a dyno's sandbox: those below its supervisor that are named like the app's. */
export const processesOf = async (platform: FaultPlatform, dynoId: string): Promise<number[]> => {
  const all = await listProcesses()
  const isBelow = ({ parent, words }: ListedProcess): boolean => {
    if (words.some((word) => word.startsWith(`${platform.dataDir}/engine/dynos/${dynoId}/`)))
      return true
    const above = all.find(({ pid }) => pid === parent)
    return above !== undefined && isBelow(above)
  }
  return all
    .filter((one) => beginsWith(one, 'python3', 'server.py') && isBelow(one))
    .map(({ pid }) => pid)
}

/** The file in the artifact store with this text in it. */
export const findBlob = async (
  platform: FaultPlatform,
  text: string,
): Promise<string | undefined> => {
  const place = join(platform.dataDir, 'artifacts')
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path, 'latin1').catch(() => '')
    if (content.startsWith(text)) return path
  }
  return undefined
}
