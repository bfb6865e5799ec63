import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { SERVING, type FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { supervisedDynos } from './running-dynos.ts'

export type DynoJson = { id: string; name: string; state: string; created_at: string }

export const dynosOf = async (platform: FaultPlatform, app: string): Promise<DynoJson[]> =>
  (await platform.api('GET', `/apps/${app}/dynos`)).body as DynoJson[]

export const releasesOf = async (platform: FaultPlatform, app: string): Promise<number> =>
  ((await platform.api('GET', `/apps/${app}/releases`)).body as unknown[]).length

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
