import { writeDurably } from '#/foundation/durable-file.ts'
import type { KeeperState } from '#/foundation/keeper-state.ts'

/** Writes what runs to disk, one write after another; several that are asked for meanwhile become one. */
export class StateFile {
  readonly #path: string
  readonly #read: () => KeeperState
  #last: Promise<void> = Promise.resolve()
  #due: Promise<void> | undefined

  /** @param read gives the state at the moment it is written */
  constructor(path: string, read: () => KeeperState) {
    this.#path = path
    this.#read = read
  }

  /** Resolves once a state not older than this call is on disk. */
  save(): Promise<void> {
    this.#due ??= this.#writeAfter(this.#last)
    return this.#due
  }

  #writeAfter(last: Promise<void>): Promise<void> {
    const write = last.then(() => {
      this.#due = undefined
      return writeDurably(this.#path, JSON.stringify(this.#read(), null, 2))
    })
    this.#last = write.catch(() => {})
    return write
  }
}
