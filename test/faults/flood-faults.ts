import { setTimeout as pause } from 'node:timers/promises'
import { memoryOf } from '#/cli/process-memory.ts'
import { assertSucceeds } from '../support/platform.ts'
import { until } from '../support/until.ts'
import type { FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { stallOf } from './invariants.ts'
import { dynosOf, logOf, untilLogged, visit } from './looks.ts'
import { beginsWith, listProcesses } from './processes.ts'
import { isSupervisor } from './running-dynos.ts'

const FLOOD_MS = 10_000
const SUPERVISOR_GROWTH_BYTES = 256 * 1024
/** Buffers of what is being written, and what V8 has not collected yet. */
const ENGINE_GROWTH_BYTES = 128 * 1024 * 1024
/** Prefix and text of a line in the log. */
const LONGEST_LINE = 10_000 + 100
const LAG_MS = 500
/** App, supervisor, engine, control plane and who looks: so often a line may have to wait for a processor. */
const TURNS = 5
const LINES_LOOKED_AT = 5

const flooding = (id: string, path: string, what: string): Fault => ({
  id,
  what,
  load: 'visits',
  allowance: { failedVisits: 20, of: 'flooding' },
  inject: async ({ platform, record }) => {
    const before = await lookAt(platform)
    await visit(platform, 'flooding', path)
    await pause(FLOOD_MS)
    const now = await lookAt(platform)
    const log = await logOf(platform, 'flooding')
    const said = await untilLogged(platform, 'flooding', /Error L10 .*: \d+ /)
    assertSucceeds(await platform.sluice('ps:restart', '-a', 'flooding'))
    return [
      ...said,
      ...told(
        now.lagMs > 2 * before.lagMs + LAG_MS + TURNS * stallOf(record),
        'I10: the log of fast lags',
        before,
        now,
      ),
      ...told(now.supervisor === 0, 'the supervisor was not found', before, now),
      ...told(
        now.supervisor > before.supervisor + SUPERVISOR_GROWTH_BYTES,
        'I10: the supervisor grows',
        before,
        now,
      ),
      ...told(
        now.engine > before.engine + ENGINE_GROWTH_BYTES,
        'I10: the engine grows',
        before,
        now,
      ),
      ...(log.includes('\0') ? ['a NUL byte stands in the log'] : []),
      ...(log.split('\n').some((line) => line.length > LONGEST_LINE)
        ? ['a line was not split']
        : []),
    ]
  },
})

export const FLOOD_FAULTS: Fault[] = [
  flooding('F29', '/print', 'an app prints without end'),
  flooding('F29:long-lines', '/print-long-lines', 'an app prints lines of 10 MB without end'),
  flooding('F29:endless-line', '/print-endless-line', 'an app prints a line that does not end'),
  flooding('F29:nul', '/print-nul', 'an app prints NUL bytes without end'),
]

/** Milliseconds, and bytes of memory. */
type Look = { lagMs: number; supervisor: number; engine: number }

const lookAt = async (platform: FaultPlatform): Promise<Look> => ({
  supervisor: await memoryOfSupervisor(platform),
  engine: memoryOf((await platform.pids())['engine'] ?? 0) ?? 0,
  lagMs: await lagOf(platform),
})

const told = (isBroken: boolean, what: string, before: Look, now: Look): string[] =>
  isBroken ? [`${what}: before ${JSON.stringify(before)}, now ${JSON.stringify(now)}`] : []

/** How long after it was printed a line is shown to who follows the log: the middle one of some. */
const lagOf = async (platform: FaultPlatform): Promise<number> => {
  await using shown = await followLog(platform, 'fast')
  const lags: number[] = []
  for (let n = 0; n < LINES_LOOKED_AT; n++) {
    const mark = Math.random().toString(36).slice(2)
    await visit(platform, 'fast', `/say?${mark}`)
    const printedAt = performance.now()
    const isShown = (): boolean => shown.text().includes(`said ${mark}`)
    await until(isShown, { limitMs: 60_000, what: 'a line of fast in its log' })
    lags.push(Math.round(performance.now() - printedAt))
  }
  return lags.toSorted((a, b) => a - b)[(LINES_LOOKED_AT - 1) / 2] ?? 0
}

const followLog = async (platform: FaultPlatform, app: string) => {
  const { body } = await platform.api('POST', `/apps/${app}/log-sessions`, { tail: true })
  const { pathname, search } = new URL((body as { logplex_url: string }).logplex_url)
  const closing = new AbortController()
  const { signal } = closing
  const response = await fetch(`http://127.0.0.1:${platform.port}${pathname}${search}`, { signal })
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
  })().catch(() => {}) // closed
  return {
    text: () => text,
    [Symbol.asyncDispose]: () => {
      closing.abort()
      return reading
    },
  }
}

/** Of the one of `flooding`, with the programs that it has write the log; its sandbox is another matter. */
const memoryOfSupervisor = async (platform: FaultPlatform): Promise<number> => {
  const [dyno] = await dynosOf(platform, 'flooding')
  const all = await listProcesses()
  const shells = all.filter(
    ({ words }) => isSupervisor(words) && words[2]?.includes(`/dynos/${dyno?.id}/`),
  )
  const writers = all.filter(
    (one) => beginsWith(one, 'dd') && shells.some(({ pid }) => pid === one.parent),
  )
  return [...shells, ...writers].reduce((sum, { pid }) => sum + (memoryOf(pid) ?? 0), 0)
}
