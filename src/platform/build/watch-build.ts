import type { Platform } from '#/platform/platform.ts'
import { BUILDER } from './build-runner.ts'
import { findBuild } from './build-store.ts'
import { BuildTakenAway, type Build } from './build.ts'

export type BuildWatch = { signal: AbortSignal; stop: () => void }

/** Aborts once the build has ended (cancelled, its app destroyed) or another runner has it. */
export const watchBuild = (
  { db, notifications, log }: Pick<Platform, 'db' | 'notifications' | 'log'>,
  { id, attempts }: Pick<Build, 'id' | 'attempts'>,
): BuildWatch => {
  const controller = new AbortController()
  const look = async (): Promise<void> => {
    const now = await findBuild(db, BUILDER, id)
    if (now?.status !== 'pending' || now.attempts !== attempts)
      controller.abort(new BuildTakenAway(`Build ${id} has ended, or has another runner.`))
  }
  const stop = notifications.subscribe('build_changed', (payload) => {
    if (payload !== undefined && payload !== id) return
    look().catch((error: unknown) => log.warn({ err: error }, 'a build could not be looked at'))
  })
  return { signal: controller.signal, stop }
}
