import { transaction } from '#/foundation/db.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { endWatch, findWatch, lockWatch } from '#/platform/change-gate/policy-store.ts'
import { listKeptDynos } from '#/platform/dyno/dyno-store.ts'
import { dynoName, hasFailed, type Dyno } from '#/platform/dyno/dyno.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  findReleaseToFollow,
  findServedBefore,
  getReleaseById,
} from '#/platform/release/release-store.ts'
import { logRelease, type MadeRelease } from './release-app.ts'
import { rollBackIn } from './roll-back.ts'

const AUTO_ROLLBACK = systemActor('auto-rollback')

/**
 * Undoes a release whose dyno has crashed within the time that its stage's policy names, by an ordinary rollback to
 * what served before. Once per release, and only while nothing newer has come.
 */
export const rollBackCrashed = async (
  { db, keyring, logs }: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  { releaseId }: { releaseId: string },
): Promise<void> => {
  if (!(await findWatch(db, AUTO_ROLLBACK, releaseId))) return
  const { appId } = await getReleaseById(db, AUTO_ROLLBACK, releaseId)
  failpoint('auto-rollback-begun')
  const made = await transaction(db, async (tx): Promise<MadeRelease | undefined> => {
    const app = await lockApp(tx, AUTO_ROLLBACK, appId)
    const watch = await lockWatch(tx, AUTO_ROLLBACK, releaseId)
    const crashed = (await listKeptDynos(tx, AUTO_ROLLBACK, appId)).find(
      (dyno) => dyno.releaseId === releaseId && hasCrashed(dyno),
    )
    if (!watch || !crashed) return undefined
    const release = await getReleaseById(tx, AUTO_ROLLBACK, releaseId)
    const newest = await findReleaseToFollow(tx, AUTO_ROLLBACK, appId)
    const before = await findServedBefore(tx, AUTO_ROLLBACK, appId, release.version)
    await endWatch(tx, AUTO_ROLLBACK, releaseId)
    if (!release.current || newest?.id !== releaseId || !before) return undefined
    const undone = await rollBackIn({ db: tx, keyring }, AUTO_ROLLBACK, {
      app,
      ref: before.id,
      cause: 'repair',
    })
    await insertEvent(tx, AUTO_ROLLBACK, {
      resource: 'release',
      resourceId: undone.id,
      action: 'update',
      appId,
      teamId: app.teamId,
      before: { version: release.version },
      after: {
        version: undone.version,
        rolledBackTo: before.version,
        why: `${dynoName(crashed)} of v${release.version} crashed: ${reasonOf(crashed)}`,
      },
    })
    return undone
  })
  failpoint('auto-rollback-made')
  if (made) logRelease({ logs }, made)
}

const hasCrashed = (dyno: Dyno): boolean =>
  dyno.retiredAt === null && (dyno.restarts > 0 || hasFailed(dyno))

const reasonOf = ({ reason, exitStatus }: Dyno): string =>
  reason ?? (exitStatus === null ? 'it ended' : `it exited with status ${exitStatus}`)
