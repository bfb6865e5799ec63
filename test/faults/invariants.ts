import type { AppName } from './fault-platform.ts'
import type { Observation } from './observe.ts'
import type { Change, Record, Visit } from './workload.ts'

/** What a fault is allowed to cost; everything else must be as if nothing had happened. */
export type Allowance = {
  /** Visits that may fail. */
  failedVisits?: number
  /** Only those of this app; of the others none may fail. */
  of?: AppName
  /** Whether new connections may be refused for a moment. */
  refusedConnections?: boolean
}

/** Judges what was recorded and what is true now. Returns a line for each invariant that does not hold. */
export const checkInvariants = (
  seen: Observation,
  record: Record,
  allowance: Allowance = {},
): string[] => [
  ...checkAcknowledged(seen, record.changes),
  ...checkReleases(seen),
  ...checkAnswerers(record.visits),
  ...checkOrder(record),
  ...checkEnded(seen, record.changes),
  ...checkReleasePhases(seen),
  ...checkServing(record.visits, allowance),
  ...checkConverged(seen),
  ...seen.damaged.map((what) => `I9: a current release has a slug that is not whole: ${what}`),
  ...checkContainment(record, allowance),
  ...checkLines(seen),
  ...seen.canaries.map((where) => `I12: a secret stands in ${where}`),
  ...checkAudit(seen, record.changes),
]

/** I1: what was acknowledged is there, unless something that was asked for later has replaced it. */
const checkAcknowledged = (seen: Observation, changes: Change[]): string[] => {
  const { config, page, webQuantity } = seen
  const broken: string[] = []
  const rounds = possibleEnds(changes, 'config')
  if (rounds.length > 0 && !rounds.includes(config.ROUND ?? ''))
    broken.push(`I1: ROUND is ${config.ROUND}, acknowledged last was ${rounds[0]}`)
  if (!page.includes(`"round": "${config.ROUND ?? ''}"`) && !isToldLost(seen))
    broken.push(`I1: ROUND is ${config.ROUND}, but what is served is ${page.slice(0, 200)}`)
  const quantities = possibleEnds(changes, 'scale')
  if (quantities.length > 0 && !quantities.includes(`${webQuantity}`))
    broken.push(`I1: web is scaled to ${webQuantity}, acknowledged last was ${quantities[0]}`)
  return [...broken, ...checkPresence(seen, changes)]
}

/**
 * All that came after what is served has failed, and says that its release phase was lost with the engine: it may have
 * begun, so nobody begins it again (I6), and whoever asked for the change is told to do so again.
 */
const isToldLost = ({ apps }: Observation): boolean => {
  const releases = apps['fast']?.releases ?? []
  const newer = releases.slice(
    0,
    releases.findIndex((one) => one.current),
  )
  return newer.length > 0 && newer.every((one) => one.failure_reason?.startsWith('It was lost'))
}

const checkPresence = ({ promotions, apps }: Observation, changes: Change[]): string[] =>
  changes
    .filter(({ acknowledged }) => acknowledged)
    .flatMap(({ kind, app, wanted }) => {
      if (kind === 'promote' && promotions[wanted] === undefined)
        return [`I1: the promotion ${wanted} is not there`]
      if (kind === 'push' && !apps[app]?.builds.some(({ commit }) => commit === wanted))
        return [`I1: the push of ${wanted} is not there`]
      return []
    })

/** What an app may have in the end: the value acknowledged last, or one that was asked for after it without an answer. */
const possibleEnds = (changes: Change[], kind: Change['kind']): string[] => {
  const asked = changes.filter((one) => one.kind === kind)
  const last = asked.findLastIndex(({ acknowledged }) => acknowledged)
  if (last === -1) return []
  return asked.slice(last).map(({ wanted }) => wanted)
}

/** I2 and I4: one current release, which did not fail; versions without a gap. */
const checkReleases = ({ apps }: Observation): string[] =>
  Object.entries(apps).flatMap(([app, { releases }]) => {
    const broken: string[] = []
    const current = releases.filter((one) => one.current)
    const hasSucceeded = releases.some(({ status }) => status === 'succeeded')
    if (current.length > 1 || (hasSucceeded && current.length === 0))
      broken.push(`I2: ${app} has ${current.length} current releases`)
    if (current.some(({ status }) => status === 'failed'))
      broken.push(`I4: the current release of ${app} has failed`)
    const newest = releases[0]?.version ?? 0
    if (
      releases.some(({ version }, index) => version !== newest - index) ||
      newest !== releases.length
    )
      broken.push(`I2: versions of ${app} have gaps or come twice`)
    return broken
  })

/** I3: every visit was answered by the app that it was for. */
const checkAnswerers = (visits: Visit[]): string[] => {
  const wrong = visits.filter((one) => one.answeredBy !== undefined && one.answeredBy !== one.app)
  return wrong.length > 0 ? [`I3: ${wrong.length} visits were answered by another app`] : []
}

/** I3: who came after somebody had been answered by a newer release is not answered by an older one. */
const checkOrder = ({ visits, changes }: Record): string[] => {
  const rounds = changes.filter(({ kind }) => kind === 'config').map(({ wanted }) => wanted)
  const answered = visits
    .filter(({ app, round }) => app === 'fast' && round !== undefined)
    .map(({ at, endedAt, round }) => ({ at, endedAt, age: rounds.indexOf(round ?? '') }))
  const byEnd = answered.toSorted((a, b) => a.endedAt - b.endedAt)
  let newest = -1
  let ended = 0
  let stale = 0
  for (const { at, age } of answered.toSorted((a, b) => a.at - b.at)) {
    for (let before = byEnd[ended]; before && before.endedAt < at; before = byEnd[++ended])
      newest = Math.max(newest, before.age)
    if (age < newest) stale += 1
  }
  return stale > 0 ? [`I3: ${stale} visits were answered by an older release than one before`] : []
}

/** I5: nothing stays pending. */
const checkEnded = ({ apps, promotions }: Observation, changes: Change[]): string[] => {
  const pending = Object.entries(apps).flatMap(([app, { releases, builds }]) => [
    ...releases
      .filter(({ status }) => status === 'pending')
      .map(({ version }) => `v${version} of ${app}`),
    ...builds.filter(({ status }) => status === 'pending').map(() => `a build of ${app}`),
  ])
  for (const { kind, wanted } of changes)
    if (kind === 'promote' && promotions[wanted] === 'pending') pending.push(`promotion ${wanted}`)
  return pending.length > 0 ? [`I5: still pending: ${pending.join(', ')}`] : []
}

/** I6: of each release its release phase ran at most once, by what its dynos printed. */
const checkReleasePhases = ({ releasePhases }: Observation): string[] => {
  const twice = releasePhases.filter((dyno, index) => releasePhases.indexOf(dyno) !== index)
  return twice.length > 0 ? [`I6: the release phase of ${twice.join(', ')} ran twice`] : []
}

/** I7: every visit was answered, and nobody refused. */
const checkServing = (visits: Visit[], { failedVisits = 0, refusedConnections }: Allowance) => {
  const failed = visits.filter(({ status }) => status !== 200)
  const refused = failed.filter(({ error }) => error?.includes('ECONNREFUSED'))
  const examples = failed
    .slice(0, 5)
    .map(
      ({ app, at, status, error }) =>
        `${new Date(at).toISOString()} ${app} ${status} ${error ?? ''}`,
    )
  return [
    ...(failed.length > failedVisits
      ? [`I7: ${failed.length} of ${visits.length} visits failed: ${examples.join('; ')}`]
      : []),
    ...(refused.length > 0 && !refusedConnections
      ? [`I7: ${refused.length} connections were refused`]
      : []),
  ]
}

/** I8: what runs is what is wanted: as many supervisors as dynos, none of them twice. */
const checkConverged = ({ wantedDynos, runningDynos }: Observation): string[] => {
  const missing = wantedDynos.filter((id) => !runningDynos.includes(id))
  const surplus = runningDynos.filter(
    (id, index) => !wantedDynos.includes(id) || runningDynos.indexOf(id) !== index,
  )
  return missing.length + surplus.length > 0
    ? [`I8: ${missing.length} missing, ${surplus.length} too many of ${wantedDynos.length}`]
    : []
}

/** A visit of a page of no work takes less. */
const UNNOTICED_MS = 1_000

/** Client, router, dyno and router again: so often a visit may have to wait for a processor. */
const TURNS = 4

/**
 * I10: what one app does costs the others no visit, and none of them more than twice its time (p99), apart from the
 * time for which the harness too had to wait for a processor: then the machine is busy with others.
 */
const checkContainment = (record: Record, { of }: Allowance): string[] => {
  const { visits, faultAt } = record
  if (of === undefined) return []
  const others = visits.filter(({ app }) => app !== of)
  const failed = others.filter(({ status }) => status !== 200).length
  const before = p99(times(others.filter(({ at }) => at < faultAt)))
  const after = p99(times(others.filter(({ at }) => at >= faultAt)))
  const stall = stallOf(record)
  return [
    ...(failed > 0 ? [`I10: ${failed} visits of other apps than ${of} failed`] : []),
    ...(after > Math.max(2 * before, UNNOTICED_MS) + TURNS * stall
      ? [
          `I10: visits of other apps took ${after} ms (p99), before ${before} ms; stalls ${stall} ms`,
        ]
      : []),
  ]
}

/** How long the harness had to wait for a processor since the fault: p99, in milliseconds. */
export const stallOf = ({ stalls, faultAt }: Record): number =>
  p99(stalls.filter(({ at }) => at >= faultAt).map(({ ms }) => ms))

/** In milliseconds. */
export const times = (visits: Visit[]): number[] => visits.map(({ at, endedAt }) => endedAt - at)

export const p99 = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b).at(Math.ceil(numbers.length * 0.99) - 1) ?? 0

/** I11: of the lines that each process of an app has numbered none is missing, unless the log says that it lost some. */
const checkLines = ({ logs }: Observation): string[] =>
  Object.entries(logs).flatMap(([app, lines]) => {
    if (lines.some((line) => line.includes('Error L10'))) return []
    const numbers = new Map<string, number[]>()
    for (const line of lines) {
      const [, process, number] = /app\[[^\]]+\]: tick ([0-9a-f]+) (\d+)$/.exec(line) ?? []
      if (process !== undefined)
        numbers.set(process, [...(numbers.get(process) ?? []), Number(number)])
    }
    const lost = [...numbers.values()].map(
      (seen) => Math.max(...seen) - Math.min(...seen) + 1 - new Set(seen).size,
    )
    const sum = lost.reduce((all, one) => all + one, 0)
    return sum > 0 ? [`I11: ${sum} lines of ${app} are missing, and nothing says so`] : []
  })

/** What each kind of change is called in the events of its app. */
const RESOURCES = {
  config: ['config-var'],
  scale: ['formation'],
  restart: ['dyno'],
  promote: ['release'],
  push: ['build', 'release'],
} satisfies { [Kind in Change['kind']]: string[] }

/** I13: every acknowledged change has its event, by somebody. (One that changes nothing, such as a scale to what is, has none.) */
const checkAudit = ({ events }: Observation, changes: Change[]): string[] => {
  const nobodys = events.filter(({ actor }) => !actor).length
  const broken = nobodys > 0 ? [`I13: ${nobodys} events have no actor`] : []
  for (const kind of ['config', 'restart', 'promote', 'push'] as const) {
    const made = changes.filter((one) => one.kind === kind && one.acknowledged)
    const since = Math.min(...made.map(({ began }) => began)) - CLOCK_MS
    const noted = events.filter(
      ({ app, resource, at }) =>
        app === made[0]?.app && RESOURCES[kind].includes(resource) && at >= since,
    )
    if (noted.length < Math.min(made.length, MOST_EVENTS))
      broken.push(`I13: ${made.length} changes (${kind}), ${noted.length} events`)
  }
  return broken
}

/** PostgreSQL's microseconds and our milliseconds may differ in their last digit. */
const CLOCK_MS = 2
const MOST_EVENTS = 1_000
