import { writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import {
  SERVING,
  STAGING,
  type Answer,
  type AppName,
  type FaultPlatform,
} from './fault-platform.ts'
import type { Random } from './random.ts'

/** One visit of an app's page: what came of it, and who said that it answered. */
export type Visit = {
  app: AppName
  at: number
  endedAt: number
  /** 0: no answer. */
  status: number
  error?: string
  answeredBy?: string
  /** Its config var ROUND, which each config change of the workload sets anew. */
  round?: string
}

/** One change that somebody asked for. `acknowledged`: it was answered 2xx, or the push came through. */
export type Change = {
  kind: 'config' | 'scale' | 'restart' | 'promote' | 'push'
  app: string
  /** What was asked for: the value, the quantity, the commit. */
  wanted: string
  began: number
  ended: number
  acknowledged: boolean
  /** HTTP status, or 0. */
  status: number
}

/** How much later than it was to be the harness went on after a pause: others had the processors. */
export type Stall = { at: number; ms: number }

export type Record = {
  visits: Visit[]
  stalls: Stall[]
  changes: Change[]
  /** When the fault began. */
  faultAt: number
}

/** Where a fault happens. */
export type Scene = { platform: FaultPlatform; random: Random; record: Record }

const BETWEEN_VISITS_MS = 25
const PAUSE_MS = 250

/**
 * Visitors who do not wait for one another, on all serving apps, and one person who changes `fast` and its staging app
 * in ways that the seed decides, one thing after another.
 */
export const startWorkload = (
  platform: FaultPlatform,
  random: Random,
): { record: Record; stop: () => Promise<Record> } => {
  const record: Record = { visits: [], stalls: [], changes: [], faultAt: Date.now() }
  const stopping = new AbortController()
  const visiting = visitAll(platform, record, stopping.signal)
  const changing = changeAll(platform, random, record, stopping.signal)
  return {
    record,
    stop: async () => {
      stopping.abort()
      await Promise.all([visiting, changing])
      return record
    },
  }
}

/** Visitors alone. */
export const startVisits = (
  platform: FaultPlatform,
): { record: Record; stop: () => Promise<Record> } => {
  const record: Record = { visits: [], stalls: [], changes: [], faultAt: Date.now() }
  const stopping = new AbortController()
  const visiting = visitAll(platform, record, stopping.signal)
  return {
    record,
    stop: async () => {
      stopping.abort()
      await visiting
      return record
    },
  }
}

const visitAll = async (
  platform: FaultPlatform,
  record: Record,
  signal: AbortSignal,
): Promise<void> => {
  /** For each app: whoever waits for one of them keeps nobody from another. */
  const kept = SERVING.map(() => new Agent({ keepAlive: true, maxSockets: 10 }))
  const pending = new Set<Promise<void>>()
  for (let number = 0; !signal.aborted; number++) {
    const which = number % SERVING.length
    const app = SERVING[which] ?? 'fast'
    const agent = (number % 2 === 0 && kept[which]) || false
    const visit = visitOnce(platform, app, agent).then((seen) => void record.visits.push(seen))
    pending.add(visit)
    void visit.finally(() => pending.delete(visit))
    const at = Date.now()
    await pause(BETWEEN_VISITS_MS)
    record.stalls.push({ at, ms: Math.max(0, Date.now() - at - BETWEEN_VISITS_MS) })
  }
  await Promise.all(pending)
  for (const agent of kept) agent.destroy()
}

const visitOnce = (platform: FaultPlatform, app: AppName, agent: Agent | false): Promise<Visit> =>
  new Promise((resolve) => {
    const at = Date.now()
    const failed = (error: Error): void =>
      resolve({ app, at, endedAt: Date.now(), status: 0, error: error.message || error.name })
    const asked = request(
      {
        host: '127.0.0.1',
        port: platform.routerPort,
        headers: { host: `${app}.localhost` },
        agent,
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.once('error', failed)
        response.once('end', () => {
          const status = response.statusCode ?? 0
          resolve({ app, at, endedAt: Date.now(), status, ...(status === 200 ? said(body) : {}) })
        })
      },
    )
    asked.once('error', failed)
    asked.setTimeout(60_000, () => asked.destroy(new Error('no answer for 60 s')))
    asked.end()
  })

const said = (body: string): Pick<Visit, 'answeredBy' | 'round'> => {
  try {
    const { app, round } = JSON.parse(body) as { app: string; round: string }
    return { answeredBy: app, round }
  } catch {
    return { answeredBy: `not our page: ${body.slice(0, 40)}` }
  }
}

const changeAll = async (
  platform: FaultPlatform,
  random: Random,
  record: Record,
  signal: AbortSignal,
): Promise<void> => {
  const kinds = ['config', 'scale', 'restart', 'promote', 'push'] as const
  for (let number = 1; !signal.aborted; number++) {
    await change({ platform, random, record }, random.pick(kinds), `${Date.now()}-${number}`)
    await pause(PAUSE_MS)
  }
}

/** Makes one change and writes down what came of it. */
export const change = async (
  { platform, random, record }: Scene,
  kind: Change['kind'],
  mark = `${Date.now()}`,
): Promise<Change> => {
  const began = Date.now()
  const quantity = 1 + random.whole(2)
  const { api } = platform
  const doing = {
    config: () => told('fast', mark, api('PATCH', '/apps/fast/config-vars', { ROUND: mark })),
    scale: () =>
      told('fast', `${quantity}`, api('PATCH', '/apps/fast/formation/web', { quantity })),
    restart: () => told('fast', 'all', api('DELETE', '/apps/fast/dynos')),
    promote: () => promote(platform),
    push: () => push(platform, mark),
  }[kind]
  const outcome = await doing().catch(() => ({
    app: kind === 'push' ? STAGING : 'fast',
    wanted: kind === 'config' ? mark : kind === 'scale' ? `${quantity}` : '',
    status: 0,
  }))
  const { status } = outcome
  const made = {
    kind,
    ...outcome,
    began,
    ended: Date.now(),
    acknowledged: status >= 200 && status < 300,
  }
  record.changes.push(made)
  return made
}

type Outcome = Pick<Change, 'app' | 'wanted' | 'status'>

const told = async (app: string, wanted: string, answer: Promise<Answer>): Promise<Outcome> => ({
  app,
  wanted,
  status: (await answer).status,
})

/** The body of a promotion to `fast`. */
export const promotionOfFast = async (platform: FaultPlatform) => {
  const coupled = await platform.api('GET', `/apps/${STAGING}/pipeline-couplings`)
  const { pipeline, app } = coupled.body as { pipeline: { id: string }; app: { id: string } }
  const { id } = (await platform.api('GET', '/apps/fast')).body as { id: string }
  return {
    pipeline: { id: pipeline.id },
    source: { app: { id: app.id } },
    targets: [{ app: { id } }],
  }
}

const promote = async (platform: FaultPlatform): Promise<Outcome> => {
  const asked = await promotionOfFast(platform)
  const { status, body } = await platform.api('POST', '/pipeline-promotions', asked)
  return { app: 'fast', wanted: (body as { id?: string }).id ?? '', status }
}

/** The next version of the page; `wanted` is its commit. */
const push = async (platform: FaultPlatform, mark: string): Promise<Outcome> => {
  await writeFile(`${platform.source}/page`, `page ${mark}`)
  await platform.commit(platform.source, `Page ${mark}`)
  const { stdout } = await platform.git(platform.source, 'rev-parse', 'HEAD')
  const commit = stdout.trim() // by its name: somebody else may commit meanwhile
  const to = [STAGING, `${commit}:refs/heads/main`]
  const { code } = await platform.git(platform.source, 'push', '--quiet', ...to)
  return { app: STAGING, wanted: commit, status: code === 0 ? 200 : 0 }
}
