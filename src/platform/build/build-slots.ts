/** How many builds run at once in this process, and how many may wait for their turn here. */
export type BuildSlots = {
  /** Resolves with what gives the slot back; undefined if so many wait already that one should come again later. */
  take: (signal: AbortSignal) => Promise<(() => void) | undefined>
}

/** First come, first served. @param mostWaiting each holds one of the worker's places, which other jobs need too */
export const createBuildSlots = (slots: number, mostWaiting: number): BuildSlots => {
  const waiting = new Set<() => void>()
  let free = slots

  const give = (): void => {
    const [next] = waiting
    if (next === undefined) return void (free += 1)
    waiting.delete(next)
    next()
  }
  /** Of a second call nothing comes. */
  const aSlot = (): (() => void) => {
    let isTaken = true
    return () => {
      if (isTaken) give()
      isTaken = false
    }
  }

  return {
    take: async (signal) => {
      signal.throwIfAborted()
      if (free > 0) {
        free -= 1
        return aSlot()
      }
      if (waiting.size >= mostWaiting) return undefined
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          waiting.delete(mine)
          reject(signal.reason)
        }
        const mine = (): void => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        }
        waiting.add(mine)
        signal.addEventListener('abort', onAbort)
      })
      return aSlot()
    },
  }
}
