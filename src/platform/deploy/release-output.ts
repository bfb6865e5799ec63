import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '#/foundation/notifications.ts'
import { followLog } from '#/log-store/follow-log.ts'
import type { LogLine } from '#/log-store/log-line.ts'
import { readLog } from '#/log-store/read-log.ts'
import { findReleasePhaseDyno } from '#/platform/dyno/dyno-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { getReleaseById } from '#/platform/release/release-store.ts'
import { RELEASE_PHASE, type Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { findDeployOfRelease } from './deploy-store.ts'
import { finishedStep, isFinished } from './deploy.ts'
import { DEPLOYER } from './deployer.ts'

type Needs = Pick<Platform, 'db' | 'notifications' | 'paths'>

const MOST_LINES = 10_000
/** The clocks of those who write the log and of the database may differ. */
const CLOCK_MS = 5_000
/** After its end an engine may still be writing down what the release command printed last. */
const LAST_LINES_MS = 2_000

/**
 * What a release's command prints, from its start until its release phase has ended; nothing if the release has none.
 */
export async function* followReleaseOutput(
  needs: Needs,
  releaseId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const release = await getReleaseById(needs.db, DEPLOYER, releaseId)
  if (!(await hasReleaseCommand(needs, release))) return
  const { logs } = needs.paths
  const filter = {
    dyno: `${RELEASE_PHASE}.${release.version}`,
    from: release.createdAt.getTime() - CLOCK_MS,
  }
  const { lines, cursor } = await readLog(logs, release.appId, { lines: MOST_LINES, filter })
  yield textOf(lines)
  if (lines.some(isLast)) return
  const ended = new AbortController()
  const watched = abortOnceEnded(needs, release, ended, signal)
  try {
    const until = AbortSignal.any([signal, ended.signal])
    for await (const batch of followLog(logs, release.appId, { filter, after: cursor }, until)) {
      yield textOf(batch.lines)
      if (batch.lines.some(isLast)) return
    }
  } finally {
    ended.abort()
    await watched
  }
}

export const hasReleaseCommand = async (
  { db }: Pick<Needs, 'db'>,
  { slugId }: Pick<Release, 'slugId'>,
): Promise<boolean> =>
  slugId !== null && RELEASE_PHASE in (await getSlug(db, DEPLOYER, slugId)).processTypes

const textOf = (lines: readonly LogLine[]): string =>
  lines
    .filter(({ source }) => source === 'app')
    .map(({ text }) => `${text}\n`)
    .join('')

/** The engine's own word on the end of a process, after all that the process printed. */
const isLast = ({ source, text }: LogLine): boolean =>
  source === 'heroku' && text.startsWith('Process exited with status')

const abortOnceEnded = async (
  needs: Needs,
  release: Release,
  ended: AbortController,
  signal: AbortSignal,
): Promise<void> => {
  const stopped = AbortSignal.any([signal, ended.signal])
  try {
    await waitFor({
      notifications: needs.notifications,
      channel: 'dyno_changed',
      payload: release.appId,
      check: async () => ((await hasPhaseEnded(needs, release)) ? true : undefined),
      limitMs: Infinity,
      signal: stopped,
    })
    await pause(LAST_LINES_MS, undefined, { signal: stopped })
  } catch (error) {
    if (!stopped.aborted) throw error
  } finally {
    ended.abort()
  }
}

const hasPhaseEnded = async ({ db }: Needs, release: Release): Promise<boolean> => {
  const deploy = await findDeployOfRelease(db, DEPLOYER, release.id)
  if (!deploy || isFinished(deploy) || finishedStep(deploy, 'release-phase')) return true
  return (await findReleasePhaseDyno(db, DEPLOYER, deploy.id))?.stoppedAt != null
}
