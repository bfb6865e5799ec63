export const MINUTE_MS = 60_000

/** What was counted in one minute, so far. */
export type MinuteRecord = {
  /** Its start, in milliseconds since 1970. */
  minute: number
  /** It has been told as it is. */
  isTold: boolean
}

/** More than this many are too many; the oldest go. */
const MOST = 20_000

/**
 * Records of minutes on their way to whoever keeps them. Each is told whole, and again when it has grown, so that one
 * that is told twice counts once. They are kept for a while after, for a listener who comes anew.
 */
export class MinuteRecords<Record extends MinuteRecord> {
  readonly #keepToldMs: number
  #records: Record[] = []

  constructor(keepToldMs: number) {
    this.#keepToldMs = keepToldMs
  }

  add(record: Record): Record {
    this.#records.push(record)
    return record
  }

  all(): readonly Record[] {
    return this.#records
  }

  untold(): Record[] {
    return this.#records.filter(({ isTold }) => !isTold)
  }

  /** @param now milliseconds since 1970 */
  forget(now: number): void {
    const isOver = ({ minute, isTold }: Record): boolean =>
      isTold && now - minute > MINUTE_MS + this.#keepToldMs
    this.#records = this.#records.filter((record) => !isOver(record)).slice(-MOST)
  }
}
