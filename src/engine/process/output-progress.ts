import type { Log } from '#/foundation/log.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'
import type { OutputTail } from './output-tail.ts'

const SAVE_EVERY_MS = 500

/**
 * Remembers how far the outputs of all dynos were read: on disk only once the lines before are kept too, so that an
 * engine that is killed loses none. What it had read since is read again by the next.
 */
export class OutputProgress {
  readonly #flush: LogWriter['flush']
  readonly #log: Log
  readonly #moved = new Set<OutputTail>()
  #timer: NodeJS.Timeout | undefined

  constructor(flush: LogWriter['flush'], log: Log) {
    this.#flush = flush
    this.#log = log
  }

  moved(tail: OutputTail): void {
    this.#moved.add(tail)
    if (this.#timer) return
    this.#timer = setTimeout(() => void this.#saveAll(), SAVE_EVERY_MS)
  }

  /** Saves one that is not read any further. */
  async finish(tail: OutputTail): Promise<void> {
    this.#moved.delete(tail)
    await this.#save([tail])
  }

  async #saveAll(): Promise<void> {
    const tails = [...this.#moved]
    this.#moved.clear()
    await this.#save(tails)
    this.#timer = undefined
    const [again] = this.#moved
    if (again) this.moved(again)
  }

  async #save(tails: OutputTail[]): Promise<void> {
    const positions = tails.map((tail) => ({ tail, position: tail.position() }))
    try {
      await this.#flush()
      for (const { tail, position } of positions) await tail.save(position)
    } catch (error) {
      this.#log.warn({ err: error }, 'how far output was read could not be kept')
    }
  }
}
