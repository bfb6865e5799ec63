import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Await it between two steps of long synchronous work: every few milliseconds it lets the rest of the process in.
 * Synchronous file calls in such slices take a third of the time of asynchronous ones, and a worker thread takes
 * longer to start than most artifacts take to pack.
 */
export type Pacer = () => Promise<void> | undefined

export const createPacer = (signal?: AbortSignal, sliceMs = 4): Pacer => {
  let began = performance.now()
  const letOthersIn = async (): Promise<void> => {
    await nextTurn()
    signal?.throwIfAborted()
    began = performance.now()
  }
  return () => (performance.now() - began < sliceMs ? undefined : letOthersIn())
}
