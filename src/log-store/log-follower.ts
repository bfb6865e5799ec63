import type { LogCursor } from './log-cursor.ts'
import { listStreams, streamOf } from './segment-file.ts'
import type { StoredLine } from './stored-line.ts'
import { StreamFollower, type Wanted } from './stream-follower.ts'

/** Reads all streams of an app's log forwards, as they grow, come and go. */
export class LogFollower {
  readonly #folder: string
  readonly #start: LogCursor
  readonly #wanted: Wanted
  #firsts: Map<string, number[]> | undefined
  readonly #followers = new Map<string, StreamFollower>()
  /** Those that may have more to read. */
  readonly #growing = new Set<string>()

  constructor(folder: string, start: LogCursor, wanted: Wanted) {
    this.#folder = folder
    this.#start = start
    this.#wanted = wanted
  }

  get isAtEnd(): boolean {
    return this.#growing.size === 0
  }

  get cursor(): LogCursor {
    return new Map([...this.#followers].map(([stream, { seen }]) => [stream, seen]))
  }

  /**
   * Takes note of what changed; false if the log was removed.
   * @param changed names of files; undefined: any may have changed, come or gone
   */
  async look(changed: Set<string> | undefined): Promise<boolean> {
    if (!changed) return this.#lookAtAll()
    for (const name of changed) {
      const stream = streamOf(name)
      if (stream !== undefined) this.#growing.add(stream)
    }
    return true
  }

  /** Some lines of each stream that has more, by time. */
  async read(): Promise<StoredLine[]> {
    const lines: StoredLine[] = []
    for (const stream of this.#growing) {
      const firsts = this.#firsts?.get(stream) // one that is not listed yet will be
      const read = firsts && (await this.#follower(stream, firsts).read(firsts))
      if (read) lines.push(...read)
      else this.#growing.delete(stream)
    }
    return lines.sort((a, b) => a.at - b.at)
  }

  async close(): Promise<void> {
    for (const follower of this.#followers.values()) await follower.close()
  }

  async #lookAtAll(): Promise<boolean> {
    const wasThere = this.#firsts !== undefined
    this.#firsts = await listStreams(this.#folder)
    if (!this.#firsts) return !wasThere
    for (const stream of this.#firsts.keys()) this.#growing.add(stream)
    for (const [stream, follower] of this.#followers) {
      if (this.#firsts.has(stream) || this.#growing.has(stream)) continue
      this.#followers.delete(stream)
      await follower.close()
    }
    return true
  }

  #follower(stream: string, firsts: number[]): StreamFollower {
    const found = this.#followers.get(stream)
    if (found) return found
    const seen = this.#start.get(stream) ?? (firsts[0] ?? 1) - 1
    const follower = new StreamFollower({ folder: this.#folder, stream, seen, ...this.#wanted })
    this.#followers.set(stream, follower)
    return follower
  }
}
