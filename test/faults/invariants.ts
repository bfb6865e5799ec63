import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { APPS, CANARY, STAGING, type FaultPlatform } from './fault-platform.ts'
import type { Change, Record } from './workload.ts'

/** What a fault is allowed to cost; everything else must be as if nothing had happened. */
export type Allowance = {
  /** Visits that may fail. */
  failedVisits?: number
  /** Whether new connections may be refused for a moment. */
  refusedConnections?: boolean
}

type ReleaseJson = {
  id: string
  version: number
  status: string
  current: boolean
  description: string
  slug: { id: string } | null
}

const SETTLE_MS = 90_000
const CONVERGE_MS = 30_000

/** Checks the invariants over a record once the platform is quiet. Returns a line for each that does not hold. */
export const checkInvariants = async (
  platform: FaultPlatform,
  record: Record,
  allowance: Allowance = {},
): Promise<string[]> => {
  await platform.untilApiUp()
  const settled = await checkEnded(platform)
  return [
    ...settled,
    ...(await checkAcknowledged(platform, record.changes)),
    ...(await checkReleases(platform)),
    ...checkVisits(record, allowance),
    ...(await checkReleasePhases(platform)),
    ...(await checkConverged(platform)),
    ...(await checkCanary(platform)),
    ...(await checkAudit(platform, record.changes)),
  ]
}

const releasesOf = async (platform: FaultPlatform, app: string): Promise<ReleaseJson[]> => {
  const { body } = await platform.api('GET', `/apps/${app}/releases`, undefined, {
    range: 'version ..; order=desc, max=1000',
  })
  return body as ReleaseJson[]
}

/** I5: nothing stays pending. */
const checkEnded = async (platform: FaultPlatform): Promise<string[]> => {
  const pending = async (): Promise<string[]> => {
    const found: string[] = []
    for (const app of [STAGING, ...APPS]) {
      for (const { version, status } of await releasesOf(platform, app))
        if (status === 'pending') found.push(`v${version} of ${app}`)
      const builds = (await platform.api('GET', `/apps/${app}/builds`)).body as { status: string }[]
      if (builds.some(({ status }) => status === 'pending')) found.push(`a build of ${app}`)
    }
    return found
  }
  try {
    await until(async () => (await pending()).length === 0, { limitMs: SETTLE_MS, everyMs: 500 })
    return []
  } catch {
    return [`I5: still pending: ${(await pending()).join(', ')}`]
  }
}

/** I1: what was acknowledged is there, unless something that was asked for later has replaced it. */
const checkAcknowledged = async (platform: FaultPlatform, changes: Change[]): Promise<string[]> => {
  const broken: string[] = []
  const config = (await platform.api('GET', '/apps/fast/config-vars')).body as { ROUND?: string }
  const rounds = possibleEnds(changes, 'config')
  if (rounds.length > 0 && !rounds.includes(config.ROUND ?? ''))
    broken.push(`I1: ROUND is ${config.ROUND}, acknowledged last was ${rounds[0]}`)
  const page = (await platform.request('fast')).body
  if (!page.includes(`"round": "${config.ROUND ?? ''}"`))
    broken.push(`I1: ROUND is ${config.ROUND}, but what is served is ${page.slice(0, 200)}`)
  const web = (await platform.api('GET', '/apps/fast/formation/web')).body as { quantity: number }
  const quantities = possibleEnds(changes, 'scale')
  if (quantities.length > 0 && !quantities.includes(`${web.quantity}`))
    broken.push(`I1: web is scaled to ${web.quantity}, acknowledged last was ${quantities[0]}`)
  for (const { wanted } of changes.filter((one) => one.kind === 'promote' && one.acknowledged)) {
    const { status } = await platform.api('GET', `/pipeline-promotions/${wanted}`)
    if (status !== 200) broken.push(`I1: the promotion ${wanted} is not there`)
  }
  const commits = changes.filter((one) => one.kind === 'push' && one.acknowledged)
  const builds = (await platform.api('GET', `/apps/${STAGING}/builds`)).body as {
    source_blob: { version: string | null }
  }[]
  for (const { wanted } of commits)
    if (!builds.some((build) => build.source_blob.version === wanted))
      broken.push(`I1: the push of ${wanted} is not there`)
  return broken
}

/** What an app may have in the end: the value acknowledged last, or one that was asked for after it without an answer. */
const possibleEnds = (changes: Change[], kind: Change['kind']): string[] => {
  const asked = changes.filter((one) => one.kind === kind)
  const last = asked.findLastIndex(({ acknowledged }) => acknowledged)
  if (last === -1) return []
  return asked.slice(last).map(({ wanted }) => wanted)
}

/** I2 and I4: one current release, which did not fail; versions without a gap. */
const checkReleases = async (platform: FaultPlatform): Promise<string[]> => {
  const broken: string[] = []
  for (const app of [STAGING, ...APPS]) {
    const releases = await releasesOf(platform, app)
    const current = releases.filter((one) => one.current)
    if (current.length > 1) broken.push(`I2: ${app} has ${current.length} current releases`)
    if (current.some(({ status }) => status === 'failed'))
      broken.push(`I4: the current release of ${app} has failed`)
    const newest = releases[0]?.version ?? 0
    if (releases.some(({ version }, index) => version !== newest - index))
      broken.push(`I2: versions of ${app} have gaps or come twice`)
  }
  return broken
}

/** I3 and I7: every visit was answered, by the app that it was for. */
const checkVisits = ({ visits }: Record, allowance: Allowance): string[] => {
  const wrong = visits.filter((one) => one.answeredBy !== undefined && one.answeredBy !== one.app)
  const failed = visits.filter(({ status }) => status !== 200)
  const refused = failed.filter(({ error }) => error?.includes('ECONNREFUSED'))
  const examples = failed
    .slice(0, 5)
    .map(
      ({ app, at, status, error }) =>
        `${new Date(at).toISOString()} ${app} ${status} ${error ?? ''}`,
    )
  return [
    ...(wrong.length > 0 ? [`I3: ${wrong.length} visits were answered by another app`] : []),
    ...(failed.length > (allowance.failedVisits ?? 0)
      ? [`I7: ${failed.length} of ${visits.length} visits failed: ${examples.join('; ')}`]
      : []),
    ...(refused.length > 0 && !allowance.refusedConnections
      ? [`I7: ${refused.length} connections were refused`]
      : []),
  ]
}

/** I6: of each release its release phase ran at most once, by what its dynos printed. */
const checkReleasePhases = async (platform: FaultPlatform): Promise<string[]> => {
  const { stdout } = await platform.sluice('logs', '-a', 'fast', '-n', '1500')
  const dynos = stdout
    .split('\n')
    .flatMap((line) => /app\[(release\.\d+)\]: release phase of/.exec(line)?.[1] ?? [])
  const twice = dynos.filter((dyno, index) => dynos.indexOf(dyno) !== index)
  return twice.length > 0 ? [`I6: the release phase of ${twice.join(', ')} ran twice`] : []
}

/** I8: what runs is what is wanted: as many supervisors as dynos, none of them twice. */
const checkConverged = async (platform: FaultPlatform): Promise<string[]> => {
  let difference = ''
  const isConverged = async (): Promise<boolean> => {
    const wanted: string[] = []
    for (const app of [STAGING, ...APPS]) {
      const dynos = (await platform.api('GET', `/apps/${app}/dynos`)).body as { id: string }[]
      if (app !== 'crashing') wanted.push(...dynos.map(({ id }) => id))
    }
    const running = await supervisedDynos(platform.dataDir)
    const missing = wanted.filter((id) => !running.includes(id))
    const surplus = running.filter(
      (id, index) => !wanted.includes(id) || running.indexOf(id) !== index,
    )
    difference = `${missing.length} missing, ${surplus.length} too many of ${wanted.length}`
    return missing.length === 0 && surplus.length === 0
  }
  try {
    await until(isConverged, { limitMs: CONVERGE_MS, everyMs: 500 })
    return []
  } catch {
    return [`I8: ${difference}`]
  }
}

/** Ids of the dynos whose supervisor runs, by its command line; `crashing` comes and goes and is left out. */
const supervisedDynos = async (dataDir: string): Promise<string[]> => {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [, script, dir] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
      '\0',
    )
    if (!script?.endsWith('supervisor.sh') || !dir?.startsWith(`${dataDir}/`)) continue
    const parent = /^PPid:\s+(\d+)/m.exec(
      await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
    )?.[1]
    const above = await readFile(`/proc/${parent}/cmdline`, 'utf8').catch(() => '')
    if (above.includes('supervisor.sh')) continue // a subshell of it
    const id = /\/dynos\/([^/]+)\//.exec(`${dir}/`)?.[1]
    if (id !== undefined && !(await isCrashing(dataDir, id))) found.push(id)
  }
  return found
}

const isCrashing = async (dataDir: string, id: string): Promise<boolean> =>
  (
    await readFile(join(dataDir, 'engine', 'dynos', id, 'state.json'), 'utf8').catch(() => '')
  ).includes('"appName":"crashing"')

/** I12: no secret in what the platform's processes wrote, nor in the apps' logs. */
const checkCanary = async (platform: FaultPlatform): Promise<string[]> => {
  const places = [join(platform.dataDir, 'process-logs'), join(platform.dataDir, 'logs')]
  const found: string[] = []
  for (const place of places)
    for (const name of await readdir(place, { recursive: true }).catch(() => [])) {
      const text = await readFile(join(place, name), 'latin1').catch(() => '')
      if (text.includes(CANARY)) found.push(name)
    }
  return found.length > 0 ? [`I12: a secret stands in ${found.join(', ')}`] : []
}

/** I13: every acknowledged change of the config has its event. */
const checkAudit = async (platform: FaultPlatform, changes: Change[]): Promise<string[]> => {
  const acknowledged = changes.filter(
    (one) => one.app === 'fast' && one.kind === 'config' && one.acknowledged,
  )
  if (acknowledged.length === 0) return []
  const { body } = await platform.api('GET', '/apps/fast/events?resource=config-var', undefined, {
    range: 'id ..; max=1000, order=desc',
  })
  const events = (body as unknown[]).length
  return events >= Math.min(acknowledged.length, 1_000)
    ? []
    : [`I13: ${acknowledged.length} changes of config, ${events} events`]
}
