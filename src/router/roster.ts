/** Whatever can be on a roster: the roster writes its place there. */
export type Listed = { place: number }

/**
 * A set of things that come and go by the thousand. A Set would make itself anew again and again, and each dead copy,
 * once old, keeps what it held from being collected until the next collection of everything.
 */
export class Roster<T extends Listed> {
  readonly #list: T[] = []

  get size(): number {
    return this.#list.length
  }

  add(one: T): void {
    one.place = this.#list.push(one) - 1
  }

  /** The last takes the place of the one that goes. */
  remove(one: T): void {
    const last = this.#list.pop()
    if (!last || last === one) return
    last.place = one.place
    this.#list[last.place] = last
  }

  /** All there are; `visit` may remove the one it is given. */
  forEach(visit: (one: T) => void): void {
    for (let at = this.#list.length - 1; at >= 0; at--) {
      const one = this.#list[at]
      if (one) visit(one)
    }
  }
}
