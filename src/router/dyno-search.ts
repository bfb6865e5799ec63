import { chooseDyno } from './choose-dyno.ts'
import type { ClientConnection } from './client-connection.ts'
import type { DynoTarget } from './dyno-target.ts'
import type { AppEntry } from './route-table.ts'
import type { Traffic } from './traffic.ts'

const NONE: readonly DynoTarget[] = []

/** Finds a dyno for a request in the table as it is now, and another if that one cannot be reached. */
export class DynoSearch {
  readonly #entry: AppEntry
  readonly #client: ClientConnection
  readonly #traffic: Traffic
  #tried: readonly DynoTarget[] = NONE
  #preferred = ''

  constructor(entry: AppEntry, client: ClientConnection, traffic: Traffic) {
    this.#entry = entry
    this.#client = client
    this.#traffic = traffic
  }

  /** Wants this one, if it is there and no older release than the client has seen. */
  prefer(dynoId: string): void {
    this.#preferred = dynoId
  }

  next(): DynoTarget | undefined {
    const { newest } = this.#client
    const minRelease = newest.appId === this.#entry.route.id ? newest.release : 0
    const preferred = this.#preferred === '' ? undefined : this.#findPreferred(minRelease)
    if (preferred) return preferred
    return chooseDyno(this.#entry, {
      tried: this.#tried,
      now: this.#traffic.clock.now,
      minRelease,
      random: Math.random,
    })
  }

  #findPreferred(minRelease: number): DynoTarget | undefined {
    const { clock, limits } = this.#traffic
    return this.#entry.dynos.find(
      (dyno) =>
        dyno.route.id === this.#preferred &&
        dyno.route.releaseVersion >= minRelease &&
        dyno.refusedUntil <= clock.now &&
        dyno.busy < limits.requestsPerDyno &&
        !this.#tried.includes(dyno),
    )
  }

  /** This one could not be reached; other requests pass it over for a while, too. */
  another(unreached: DynoTarget): DynoTarget | undefined {
    const { clock, limits } = this.#traffic
    unreached.refusedUntil = clock.now + limits.refusedMs
    this.#tried = [...this.#tried, unreached]
    return this.#tried.length < limits.attempts ? this.next() : undefined
  }
}
