import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { App } from '#/platform/app/app.ts'
import { compareCommits } from '#/platform/build/commit-log.ts'
import { checkTarget, type RollbackKind } from '#/platform/deploy/roll-back.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow, getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
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
  const slugOf = async (release: Release | null): Promise<Slug | undefined> =>
    release?.slugId ? getSlug(db, actor, release.slugId) : undefined
  const to = await slugOf(target)
  const from = await slugOf(now)
  const commits = from && to ? await compareCommits(paths.git, to, from) : null
  return {
    ...codeOf('from', from),
    ...codeOf('to', to),
    /** Null where the platform has not got the commits. */
    commits_back: commits?.aheadBy ?? null,
    same: from !== undefined && from.digest === to?.digest,
    kept: to?.removedAt === null,
  }
}

const codeOf = <Side extends 'from' | 'to'>(side: Side, slug: Slug | undefined) =>
  ({
    [`${side}_digest`]: slug?.digest ?? null,
    [`${side}_commit`]: slug?.commit ?? null,
  }) as Record<`${Side}_digest` | `${Side}_commit`, string | null>

const configDifference = async (needs: Needs, app: App, target: Release) => {
  const now = await readConfigSnapshot(needs, app.configSnapshotId)
  const then = await readConfigSnapshot(needs, target.configSnapshotId)
  const { missing, extra, different } = compareConfig(
    configVarsOf({ ...then, attached: now.attached }),
    configVarsOf(now),
  )
  return { added: missing, removed: extra, changed: different }
}
