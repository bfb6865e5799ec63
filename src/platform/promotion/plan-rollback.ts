import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { App } from '#/platform/app/app.ts'
import { compareCommits } from '#/platform/build/commit-log.ts'
import { checkTarget, type RollbackKind } from '#/platform/deploy/roll-back.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow, getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { compareConfig } from './promotion-plan.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths'>

/** What a rollback to that release would change, before it does: keys of config vars only. */
export const planRollback = async (
  needs: Needs,
  actor: Actor,
  app: App,
  { ref, only }: { ref: string; only: RollbackKind },
) => {
  const now = (await findReleaseToFollow(needs.db, actor, app.id)) ?? null
  const target = await getRelease(needs.db, actor, app.id, ref)
  checkTarget(target, only)
  return {
    app: { id: app.id, name: app.name },
    from: now && { id: now.id, version: now.version },
    to: { id: target.id, version: target.version },
    code: only === 'config' ? null : await codeDifference(needs, actor, now, target),
    config: only === 'code' ? null : await configDifference(needs, app, target),
  }
}

const codeDifference = async (
  { db, paths }: Needs,
  actor: Actor,
  now: Release | null,
  target: Release,
) => {
  const to = target.slugId === null ? null : await getSlug(db, actor, target.slugId)
  const from = now?.slugId == null ? null : await getSlug(db, actor, now.slugId)
  const commits = from && to ? await compareCommits(paths.git, to, from) : null
  return {
    from_digest: from?.digest ?? null,
    to_digest: to?.digest ?? null,
    from_commit: from?.commit ?? null,
    to_commit: to?.commit ?? null,
    /** Null where the platform has not got the commits. */
    commits_back: commits?.aheadBy ?? null,
    same: from !== null && from.digest === to?.digest,
    kept: to !== null && to.removedAt === null,
  }
}

const configDifference = async (needs: Needs, app: App, target: Release) => {
  const now = await readConfigSnapshot(needs, app.configSnapshotId)
  const then = await readConfigSnapshot(needs, target.configSnapshotId)
  const { missing, extra, different } = compareConfig(
    configVarsOf({ ...then, attached: now.attached }),
    configVarsOf(now),
  )
  return { added: missing, removed: extra, changed: different }
}
