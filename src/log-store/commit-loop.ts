import type { AppLog } from './app-log.ts'

/** Lines that come within this time are written together: one write an app. Longer, the more apps log at once. */
const COMMIT_MS = 5
const COMMIT_MS_PER_APP = 0.25
const MOST_COMMIT_MS = 50

/** At once, of the four threads that a process has for its files: a disk that hangs must not hang all else. */
const MOST_WRITES = 2

/** Writes what waits in the queues of all apps, in turns, a few writes at a time. */
export class CommitLoop {
  #waiting = new Set<AppLog>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #delayMs = COMMIT_MS

  schedule(log: AppLog): void {
    this.#waiting.add(log)
    this.#arm()
  }

  /** Resolves when all that these logs hold by now is written, or dropped. */
  async drain(logs: Iterable<AppLog>): Promise<void> {
    const goals = [...logs].map(({ queue }) => ({ queue, accepted: queue.accepted }))
    while (goals.some(({ queue, accepted }) => queue.settled < accepted)) await this.#turn()
  }

  #arm(): void {
    if (this.#timer || this.#running) return
    this.#timer = setTimeout(() => void this.#turn(), this.#delayMs)
  }

  /** One write for each log that waits. */
  #turn(): Promise<void> {
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined
      if (this.#waiting.size > 0) this.#arm()
    })
    return this.#running
  }

  async #commitAll(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const logs = [...this.#waiting]
    this.#waiting.clear()
    this.#delayMs = Math.min(MOST_COMMIT_MS, Math.max(COMMIT_MS, logs.length * COMMIT_MS_PER_APP))
    const turns = logs.values()
    const lane = async (): Promise<void> => {
      for (const log of turns) {
        await log.commit(performance.now())
        if (!log.queue.isEmpty) this.#waiting.add(log)
      }
    }
    await Promise.all(Array.from({ length: MOST_WRITES }, lane))
  }
}
