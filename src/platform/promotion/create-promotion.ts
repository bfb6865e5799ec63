import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { listReleaseAddOns } from '#/platform/add-on/attachment-store.ts'
import { updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { logRelease, releaseApp } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { getPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { shortCommit, type Slug } from '#/platform/slug/slug.ts'
import { lockParticipants } from './lock-participants.ts'
import { insertPromotion } from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

export type PromotionInput = {
  pipeline: string
  source: { app: string; release: string | undefined }
  targets: string[]
}

type Needs = Pick<Platform, 'db' | 'keyring' | 'logs'>

/**
 * Releases the source's slug on every target, all in one transaction that waits for nothing but rows. Each target
 * keeps its config, add-ons and formation, and deploys on its own.
 */
export const createPromotion = async (
  { db, keyring, logs }: Needs,
  actor: Actor,
  input: PromotionInput,
): Promise<Promotion> => {
  const { promotion, releases } = await transaction(db, async (tx) => {
    const { id } = await getPipeline(tx, actor, input.pipeline, 'view')
    const { pipeline, source, targets } = await lockParticipants(tx, actor, id, input)
    const { release, slug } = await promotable(tx, actor, source, input.source.release)
    const promoted: Release[] = []
    for (const target of targets)
      promoted.push(
        await releaseTarget({ db: tx, keyring }, actor, target, {
          slug,
          description: `Promote ${source.name} v${release.version} ${nameOf(slug)}`,
        }),
      )
    const made = await insertPromotion(
      tx,
      actor,
      {
        pipelineId: pipeline.id,
        sourceAppId: source.id,
        sourceReleaseId: release.id,
        slugId: slug.id,
      },
      promoted,
    )
    await insertEvent(tx, actor, {
      resource: 'pipeline-promotion',
      resourceId: made.id,
      action: 'create',
      appId: source.id,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: {
        source: { app: source.name, version: release.version },
        digest: slug.digest,
        targets: targets.map(({ name }, index) => ({
          app: name,
          version: promoted[index]?.version,
        })),
      },
    })
    return { promotion: made, releases: promoted }
  })
  for (const release of releases) logRelease({ logs }, release)
  return promotion
}

/** What the source serves now, or the release that was asked for if it has succeeded. */
const promotable = async (
  tx: Db,
  actor: Actor,
  source: App,
  ref: string | undefined,
): Promise<{ release: Release; slug: Slug }> => {
  const release =
    ref === undefined
      ? await findCurrentRelease(tx, actor, source.id)
      : await getRelease(tx, actor, source.id, ref)
  if (!release?.slugId)
    throw invalidParams(
      `${source.name} has no code to promote${release ? ` in v${release.version}` : ''}. Push to it first.`,
    )
  if (release.status !== 'succeeded' && !release.current)
    throw invalidParams(
      `v${release.version} of ${source.name} has not succeeded. Promote one that has.`,
    )
  return { release, slug: await getSlug(tx, actor, release.slugId) }
}

const releaseTarget = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  actor: Actor,
  target: App,
  { slug, description }: { slug: Slug; description: string },
): Promise<Release> => {
  if (target.stack !== slug.stack)
    await updateApp(needs.db, actor, target.id, { stack: slug.stack })
  return releaseApp(needs.db, actor, {
    appId: target.id,
    slugId: slug.id,
    configSnapshotId:
      target.configSnapshotId ?? (await insertConfigSnapshot(needs, target.id, EMPTY_CONFIG)),
    description,
    addOns: await listReleaseAddOns(needs.db, target.id),
    cause: 'promotion',
  })
}

const nameOf = (slug: Slug): string => shortCommit(slug) || slug.digest.slice(7, 15)
