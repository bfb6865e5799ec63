import { statfs } from 'node:fs/promises'
import { BuildRejection } from './build-rejection.ts'
import { diskUsage } from './workspace.ts'

/** What a build leaves of the host's disk to all others: this, or of a small disk a part. */
const SPARE_BYTES = 256 * 1024 * 1024
const SPARE_PART = 0.02
const EVERY_MS = 1000

export type DiskWatch = { signal: AbortSignal; stop: () => void }

/** Aborts, with a BuildRejection as the reason, once the folder holds too much or the disk it is on is nearly full. */
export const watchDisk = (folder: string, limitBytes: number, everyMs = EVERY_MS): DiskWatch => {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const look = async (): Promise<void> => {
    const began = performance.now()
    const problem = await findProblem(folder, limitBytes)
    if (problem) return controller.abort(new BuildRejection(problem))
    const took = performance.now() - began
    if (!stopped) timer = setTimeout(lookAgain, Math.max(everyMs, took * 20))
  }
  const lookAgain = (): void =>
    void look().catch((error: unknown) => {
      if (!stopped) controller.abort(error)
    })
  timer = setTimeout(lookAgain, everyMs)
  return {
    signal: controller.signal,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const findProblem = async (folder: string, limitBytes: number): Promise<string | undefined> => {
  const [used, { bavail, blocks, bsize }] = await Promise.all([diskUsage(folder), statfs(folder)])
  if (used > limitBytes)
    return `disk quota exceeded: the build has more than ${Math.floor(limitBytes / 1e6)} MB on the disk.`
  if (bavail * bsize < Math.min(SPARE_BYTES, blocks * bsize * SPARE_PART))
    return 'disk quota exceeded: there is no space left on the disk of this machine.'
  return undefined
}
