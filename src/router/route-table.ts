import { isIP } from 'node:net'
import type { FeedChange, FeedTable } from '#/foundation/feed.ts'
import type { AppRoute } from '#/platform/domain/route-feed.ts'
import { rulesOf, type Rules } from './app-rules.ts'
import type { Clock } from './clock.ts'
import { DynoTarget, type DynoObserver } from './dyno-target.ts'

/** An app as requests meet it. */
export type AppEntry = {
  route: AppRoute
  dynos: DynoTarget[]
  /** Its dynos share the requests evenly. */
  isEven: boolean
  /** Its dynos are of more than one release. */
  isMixed: boolean
  /** What is to be looked at before a request may go on; undefined for most apps: nothing. */
  rules: Rules | undefined
  /** When a dyno of it left the table last, on the router's clock; until one does, when the app came into it. */
  turnedAt: number
  /** Requests under way. */
  busy: number
  /** Those of them that wait for a dyno to start. */
  waiting: Set<Waiting>
}

export type Waiting = {
  /** The app's route has changed. */
  lookAgain: () => void
}

/** As long as a drain may take, and some time. */
const TAKE_OVER_MS = 15 * 60_000

/**
 * Host → app → dynos. A change is checked whole before any of it is applied, and applied without giving way to
 * anything else, so that no request meets half of it.
 */
export class RouteTable {
  /** Of the change applied last; -1: none yet. */
  number = -1
  /** Dynos that are out of the table, with requests under way or counters that somebody may ask for. */
  readonly left = new Set<DynoTarget>()
  readonly #apps = new Map<string, AppEntry>()
  readonly #hosts = new Map<string, AppEntry>()
  /** How many of them are wildcards. */
  #wildcards = 0
  /** Also those in `left`. */
  readonly #dynos = new Map<string, DynoTarget>()
  readonly #clock: Clock
  readonly #observer: DynoObserver

  constructor(clock: Clock, observer: DynoObserver) {
    this.#clock = clock
    this.#observer = observer
  }

  find(host: string): AppEntry | undefined {
    return this.#hosts.get(host) ?? (this.#wildcards > 0 ? this.#findWildcard(host) : undefined)
  }

  #findWildcard(host: string): AppEntry | undefined {
    const dot = host.indexOf('.')
    return dot === -1 ? undefined : this.#hosts.get(`*${host.slice(dot)}`)
  }

  /** Its rows are never changed, only replaced. */
  copy(): FeedTable<AppRoute> {
    return { number: this.number, rows: Array.from(this.#apps.values(), ({ route }) => route) }
  }

  dynos(): Iterable<DynoTarget> {
    return this.#dynos.values()
  }

  /** All dynos of the apps whose rows these are, if some of theirs may have left lately: others have taken over from them. */
  concernedBy({ set }: Pick<FeedChange<AppRoute>, 'set'>): DynoTarget[] {
    const since = this.#clock.now - TAKE_OVER_MS
    const entries = set.flatMap(({ id }) => this.#apps.get(id) ?? [])
    const now = entries.filter(({ turnedAt }) => turnedAt >= since)
    return now.length === 0 ? [] : [...now.flatMap(({ dynos }) => dynos), ...this.left]
  }

  replace({ number, rows }: FeedTable<AppRoute>): void {
    rows.forEach(assertRoute)
    const ids = new Set(rows.map(({ id }) => id))
    const remove = [...this.#apps.keys()].filter((id) => !ids.has(id))
    this.#apply({ number, set: rows, remove })
  }

  /** Returns the dynos that are out of the table by it. */
  change(change: FeedChange<AppRoute>): DynoTarget[] {
    change.set.forEach(assertRoute)
    return this.#apply(change)
  }

  /** Of the dynos that left, those without requests that satisfy `isDone` are known no more. */
  forget(isDone: (dyno: DynoTarget) => boolean): void {
    for (const dyno of this.left)
      if (dyno.busy === 0 && isDone(dyno)) {
        this.left.delete(dyno)
        this.#dynos.delete(dyno.route.id)
      }
  }

  /** Takes all old rows out before any new one goes in: a host, or a dyno, may move from one app to another. */
  #apply({ number, set, remove }: FeedChange<AppRoute>): DynoTarget[] {
    const leaving = new Set<DynoTarget>()
    for (const id of remove) this.#takeOut(id, leaving)
    for (const { id } of set) this.#takeOut(id, leaving)
    for (const route of set) this.#putIn(route, leaving)
    for (const dyno of leaving) {
      dyno.leave()
      this.left.add(dyno)
    }
    for (const id of remove) this.#forgetApp(id)
    this.number = number
    for (const { id } of set) tellWaiting(this.#apps.get(id))
    return [...leaving]
  }

  #takeOut(id: string, leaving: Set<DynoTarget>): void {
    const entry = this.#apps.get(id)
    if (!entry) return
    for (const host of entry.route.hosts)
      if (this.#hosts.get(host) === entry) {
        this.#hosts.delete(host)
        if (host.startsWith('*')) this.#wildcards--
      }
    for (const dyno of entry.dynos) leaving.add(dyno)
  }

  #forgetApp(id: string): void {
    const entry = this.#apps.get(id)
    this.#apps.delete(id)
    if (!entry) return
    entry.dynos = [] // a request that is looking for another dyno finds none
    entry.route = { ...entry.route, isStarting: false }
    tellWaiting(entry)
  }

  #putIn(route: AppRoute, leaving: Set<DynoTarget>): void {
    const dynos = route.dynos.map((row) => {
      const known = this.#dynos.get(row.id)
      const dyno = known ?? new DynoTarget(row, this.#clock, this.#observer)
      if (known) known.update(row)
      else this.#dynos.set(row.id, dyno)
      leaving.delete(dyno)
      this.left.delete(dyno)
      return dyno
    })
    const entry: AppEntry = {
      route,
      dynos,
      isEven: route.dynos.every(({ weight }) => weight === route.dynos[0]?.weight),
      isMixed: route.dynos.some((row) => row.releaseVersion !== route.dynos[0]?.releaseVersion),
      rules: rulesOf(route),
      turnedAt: this.#clock.now,
      busy: 0,
      waiting: new Set(),
    }
    const old = this.#apps.get(route.id)
    if (old?.dynos.every((dyno) => dynos.includes(dyno))) entry.turnedAt = old.turnedAt
    // One counter per app for as long as it is in the table: requests that began under the old row end under the new.
    const kept = old
      ? Object.assign(old, { ...entry, busy: old.busy, waiting: old.waiting })
      : entry
    this.#apps.set(route.id, kept)
    for (const host of route.hosts) {
      if (host.startsWith('*') && !this.#hosts.has(host)) this.#wildcards++
      this.#hosts.set(host, kept)
    }
  }
}

/** Each may leave the set, and begin to be served, as it is told. */
const tellWaiting = (entry: AppEntry | undefined): void => {
  if (entry) for (const one of [...entry.waiting]) one.lookAgain()
}

/** What comes from another process is looked at before it is believed. */
const assertRoute = (route: AppRoute): void => {
  const isGood =
    typeof route.id === 'string' &&
    Array.isArray(route.hosts) &&
    route.hosts.every((host) => typeof host === 'string') &&
    Array.isArray(route.dynos) &&
    route.dynos.every(isDyno)
  if (!isGood) throw new Error(`The route of app ${route.id} is malformed.`)
}

const isDyno = ({ id, host, port, weight }: AppRoute['dynos'][number]): boolean =>
  typeof id === 'string' &&
  isIP(host) !== 0 &&
  Number.isInteger(port) &&
  port > 0 &&
  port < 65_536 &&
  weight >= 0
