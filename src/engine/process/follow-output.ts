import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '#/foundation/log.ts'
import type { OutputProgress } from './output-progress.ts'
import { OutputTail } from './output-tail.ts'
import { watchFolder } from './watch-folder.ts'

export type FollowOptions = {
  /** A run's folder. */
  dir: string
  print: (line: string) => void
  cutOf: (text: string) => number
  /** Bytes of output that were left out. */
  onDropped: (bytes: number) => void
  progress: OutputProgress
  log: Log
}

export type FollowedOutput = {
  /** Takes the rest, once nothing writes any more. When this resolves, all lines are where logs are kept. */
  finish: () => Promise<void>
  /** Stops reading, for the next engine to go on. */
  leave: () => Promise<void>
}

/** Lines come in crowds: a moment's wait takes many at once. */
const GATHER_MS = 5
/** A dyno that floods may have half of the engine's time. */
const SHARE = 1
const DRAIN_LIMIT_MS = 2_000
const TELL_DROPPED_MS = 1_000

/** Reads what a run prints as it comes. Costs nothing while nothing is printed. */
export const followOutput = async (options: FollowOptions): Promise<FollowedOutput> => {
  const { dir, print, cutOf, onDropped, progress, log } = options
  let dropped = 0
  let tellAt = 0
  const tellDropped = (now: number): void => {
    if (dropped === 0 || now < tellAt) return
    onDropped(dropped)
    dropped = 0
    tellAt = now + TELL_DROPPED_MS
  }
  const tail = new OutputTail({
    dir,
    onLines: (lines) => lines.forEach(print),
    cutOf,
    onSkipped: (bytes) => {
      dropped += bytes
    },
  })
  await tail.open()

  const gate = new AbortController()
  let reading: Promise<void> | undefined
  let isNews = false
  const read = async (): Promise<void> => {
    while (isNews && !gate.signal.aborted) {
      isNews = false
      await pause(GATHER_MS)
      for (let began = performance.now(); await tail.read(); began = performance.now()) {
        progress.moved(tail)
        tellDropped(performance.now())
        if (gate.signal.aborted) return
        await pause(SHARE * (performance.now() - began))
      }
    }
  }
  const onChange = (): void => {
    isNews = true
    reading ??= read()
      .catch((error: unknown) =>
        log.warn({ err: error, dir }, 'the output of a dyno cannot be read'),
      )
      .finally(() => (reading = undefined))
  }
  const stopWatching = watchFolder(dir, onChange)
  onChange()

  const stop = async (): Promise<void> => {
    stopWatching()
    gate.abort()
    await reading
  }
  return {
    finish: async () => {
      await stop()
      await tail.drain(DRAIN_LIMIT_MS)
      tellDropped(Infinity)
      await progress.finish(tail)
      await tail.close()
    },
    leave: async () => {
      await stop()
      await progress.finish(tail)
      await tail.close()
    },
  }
}
