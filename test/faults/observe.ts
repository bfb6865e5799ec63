import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { messageOf } from '#/foundation/errors.ts'
import { until } from '../support/until.ts'
import { APPS, CANARY, STAGING, type FaultPlatform } from './fault-platform.ts'
import { supervisedDynos } from './running-dynos.ts'

type ReleaseFacts = {
  version: number
  status: string
  failure_reason?: string | null
  current: boolean
  slug: { id: string } | null
}

export type AppFacts = {
  /** The newest first. */
  releases: ReleaseFacts[]
  /** Status and commit of each build. */
  builds: { status: string; commit: string | null }[]
}

export type EventFacts = { app: string; resource: string; actor: string; at: number }

/** What is true of a platform once it is quiet: all that the invariants are judged by, beside what was recorded. */
export type Observation = {
  apps: Record<string, AppFacts>
  /** Of `fast`. */
  config: { ROUND?: string }
  webQuantity: number
  page: string
  /** Status of each promotion that was asked for here; undefined: there is none of that id. */
  promotions: Record<string, string | undefined>
  /** Slugs of current releases of which the artifact store cannot vouch for every byte, each with the reason. */
  damaged: string[]
  /** Dynos that printed what a release phase prints, each with its app, one each time. */
  releasePhases: string[]
  /** Ids; `crashing` comes and goes and is left out. */
  wantedDynos: string[]
  runningDynos: string[]
  /** The newest lines of each app's log. */
  logs: Record<string, string[]>
  /** Where the planted secret was found. */
  canaries: string[]
  events: EventFacts[]
}

const SETTLE_MS = 90_000
const CONVERGE_MS = 30_000
const ALL_APPS = [STAGING, ...APPS]

/** Waits until nothing is pending and what runs is what is wanted, each no longer than it may take, and looks. */
export const observe = async (
  platform: FaultPlatform,
  promotionIds: string[],
): Promise<Observation> => {
  await platform.untilApiUp()
  const apps = await untilGood(() => readApps(platform), isSettled, SETTLE_MS)
  const dynos = await untilGood(() => readDynos(platform), isConverged, CONVERGE_MS)
  const web = (await platform.api('GET', '/apps/fast/formation/web')).body as { quantity: number }
  const logs = await readLogs(platform)
  return {
    apps,
    ...dynos,
    config: (await platform.api('GET', '/apps/fast/config-vars')).body as { ROUND?: string },
    webQuantity: web.quantity,
    page: (await platform.request('fast')).body,
    promotions: await readPromotions(platform, promotionIds),
    damaged: await findDamaged(platform, apps),
    releasePhases: Object.entries(logs).flatMap(([app, lines]) =>
      phasesIn(lines).map((dyno) => `${dyno} of ${app}`),
    ),
    logs,
    canaries: await findCanaries(platform),
    events: await readEvents(platform),
  }
}

/** One name for each run. A line that stands there twice is of one run: an engine that dies may have it repeated by the next. */
const phasesIn = (lines: string[]): string[] => {
  const runs = lines.flatMap(
    (line) =>
      /app\[(release\.\d+)\]: (release phase of .*, run \d+)$/.exec(line)?.slice(1).join(' ') ?? [],
  )
  return [...new Set(runs)].map((run) => run.split(' ')[0] ?? run)
}

/** The last look if it never becomes good: then it is for the invariants to say what is wrong with it. */
const untilGood = async <T>(
  look: () => Promise<T>,
  isGood: (seen: T) => boolean,
  limitMs: number,
): Promise<T> => {
  let seen = await look()
  const isGoodNow = async (): Promise<boolean> => isGood((seen = await look()))
  if (!isGood(seen)) await until(isGoodNow, { limitMs, everyMs: 500 }).catch(() => {})
  return seen
}

const isSettled = (apps: Observation['apps']): boolean =>
  Object.values(apps).every(({ releases, builds }) =>
    [...releases, ...builds].every(({ status }) => status !== 'pending'),
  )

type Dynos = Pick<Observation, 'wantedDynos' | 'runningDynos'>

const isConverged = ({ wantedDynos, runningDynos }: Dynos): boolean =>
  wantedDynos.toSorted().join() === runningDynos.toSorted().join()

const readApps = async (platform: FaultPlatform): Promise<Observation['apps']> => {
  const apps: Observation['apps'] = {}
  for (const app of ALL_APPS) {
    const newest = (by: string) => ({ range: `${by} ..; order=desc, max=1000` })
    const releases = await platform.api(
      'GET',
      `/apps/${app}/releases`,
      undefined,
      newest('version'),
    )
    const all = await platform.api('GET', `/apps/${app}/builds`, undefined, newest('created_at'))
    const builds = all.body as { status: string; source_blob: { version: string | null } }[]
    apps[app] = {
      releases: releases.body as ReleaseFacts[],
      builds: builds.map(({ status, source_blob }) => ({ status, commit: source_blob.version })),
    }
  }
  return apps
}

const readDynos = async (platform: FaultPlatform): Promise<Dynos> => {
  const wantedDynos: string[] = []
  for (const app of ALL_APPS.filter((name) => name !== 'crashing')) {
    const dynos = (await platform.api('GET', `/apps/${app}/dynos`)).body as { id: string }[]
    wantedDynos.push(...dynos.map(({ id }) => id))
  }
  const runningDynos = await supervisedDynos(platform.dataDir)
  return { wantedDynos, runningDynos: runningDynos.map(({ id }) => id) }
}

const readPromotions = async (
  platform: FaultPlatform,
  ids: string[],
): Promise<Observation['promotions']> => {
  const found: Observation['promotions'] = {}
  for (const id of ids) {
    const { status, body } = await platform.api('GET', `/pipeline-promotions/${id}`)
    found[id] = status === 200 ? (body as { status: string }).status : undefined
  }
  return found
}

const findDamaged = async (
  platform: FaultPlatform,
  apps: Observation['apps'],
): Promise<string[]> => {
  const store = openDiskStore(join(platform.dataDir, 'artifacts'))
  const damaged: string[] = []
  for (const [app, { releases }] of Object.entries(apps)) {
    const id = releases.find(({ current }) => current)?.slug?.id
    if (id === undefined) continue
    const slug = (await platform.api('GET', `/apps/${app}/slugs/${id}`)).body as {
      checksum: string
    }
    await store
      .verify(slug.checksum.replace(/^SHA256:/, 'sha256:'))
      .catch((error: unknown) => damaged.push(`${app}: ${messageOf(error)}`))
  }
  return damaged
}

const readLogs = async (platform: FaultPlatform): Promise<Observation['logs']> => {
  const logs: Observation['logs'] = {}
  for (const app of ALL_APPS)
    logs[app] = (await platform.sluice('logs', '-a', app, '-n', '1500')).stdout.split('\n')
  return logs
}

/** In what the platform's processes wrote, in logs, command lines, names of files, events and output of builds. */
const findCanaries = async (platform: FaultPlatform): Promise<string[]> => {
  const found: string[] = []
  const look = (name: string, text: string): void => {
    if (text.includes(CANARY)) found.push(name)
  }
  for (const place of [join(platform.dataDir, 'process-logs'), join(platform.dataDir, 'logs')])
    for (const name of await readdir(place, { recursive: true }).catch(() => []))
      look(name, name + (await readFile(join(place, name), 'latin1').catch(() => '')))
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    look(
      `the command line of ${pid}`,
      await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => ''),
    )
  for (const app of ALL_APPS)
    for (const what of ['events', 'builds', 'releases'])
      look(
        `${what} of ${app}`,
        JSON.stringify((await platform.api('GET', `/apps/${app}/${what}`)).body),
      )
  return found
}

const readEvents = async (platform: FaultPlatform): Promise<EventFacts[]> => {
  const events: EventFacts[] = []
  const range = { range: 'id ..; max=1000, order=desc' }
  for (const app of ['fast', STAGING]) {
    const { body } = await platform.api('GET', `/apps/${app}/events`, undefined, range)
    for (const event of body as {
      resource: string
      actor: { email: string }
      created_at: string
    }[])
      events.push({
        app,
        resource: event.resource,
        actor: event.actor.email,
        at: Date.parse(event.created_at),
      })
  }
  return events
}
