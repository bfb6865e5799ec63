import { setTimeout as pause } from 'node:timers/promises'

/** Waits until `condition` returns something truthy and returns it; throws at the limit. */
export const until = async <T>(
  condition: () => T | Promise<T>,
  { limitMs = 10_000, everyMs = 10, what = 'the condition' } = {},
): Promise<NonNullable<T>> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await condition()
    if (found) return found
    if (performance.now() > deadline)
      throw new Error(`${what} did not come true within ${limitMs} ms`)
    await pause(everyMs)
  }
}
