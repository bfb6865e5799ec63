import { watch, type FSWatcher } from 'node:fs'

/** Events of one write come in bursts; they are answered together. */
const GATHER_MS = 10
/** Safety net for an event that got lost. */
const LOOK_ANYWAY_MS = 1_000
/** While the folder cannot be watched: it is not there yet, or the machine gives out no more watches. */
const LOOK_OFTEN_MS = 50

/** Tells when files of a folder change, come or go. */
export class FolderNews {
  readonly #folder: string
  readonly #signal: AbortSignal
  #watcher: FSWatcher | undefined
  #changed = new Set<string>()
  #mayHaveMissed = true
  #wake = (): void => {}

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort)
    this.#watch()
  }

  /** Names of files that changed since the last call; undefined if any may have changed, come or gone. */
  take(): Set<string> | undefined {
    const changed = this.#mayHaveMissed ? undefined : this.#changed
    this.#changed = new Set()
    this.#mayHaveMissed = false
    return changed
  }

  /** Resolves when there may be something to take, or the signal is aborted. */
  async wait(): Promise<void> {
    if (!this.#watcher) this.#watch()
    if (!this.#hasNews()) await this.#sleep(this.#watcher ? LOOK_ANYWAY_MS : LOOK_OFTEN_MS)
    if (!this.#hasNews()) this.#mayHaveMissed = true
    else if (!this.#signal.aborted) await pause(GATHER_MS)
  }

  stop(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#watcher?.close()
  }

  #hasNews(): boolean {
    return this.#mayHaveMissed || this.#changed.size > 0 || this.#signal.aborted
  }

  #watch(): void {
    try {
      const watcher = watch(this.#folder, { persistent: false }, (kind, name) => {
        this.#mayHaveMissed ||= kind === 'rename' || name === null
        if (!this.#mayHaveMissed && name !== null) this.#changed.add(name)
        this.#wake()
      })
      watcher.on('error', () => {
        watcher.close()
        this.#watcher = undefined
      })
      this.#watcher = watcher
      this.#mayHaveMissed = true
    } catch {
      this.#watcher = undefined
    }
  }

  readonly #onAbort = (): void => this.#wake()

  #sleep(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
