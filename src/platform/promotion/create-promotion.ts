import { transaction, type Db } from '#/foundation/db.ts'
import { ApiError, conflict, invalidParams, violates } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { sha256 } from '#/foundation/ids.ts'
import { listReleaseAddOns } from '#/platform/add-on/attachment-store.ts'
import { updateApp } from '#/platform/app/app-store.ts'
import { STACKS, type App } from '#/platform/app/app.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { hasBlockingFindings } from '#/platform/change-gate/policy-store.ts'
import { logRelease, releaseApp, type MadeRelease } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { getPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { shortCommit, type Slug } from '#/platform/slug/slug.ts'
import { announcePromotion } from './announce-promotion.ts'
import { checkFindings } from './check-findings.ts'
import { lockParticipants, type Participants } from './lock-participants.ts'
import { planPromotion, type PromotionPlan } from './plan-promotion.ts'
import { recordPlanJob } from './promotion-jobs.ts'
import { presentPlan } from './promotion-plan-schema.ts'
import {
  findByIdempotencyKey,
  insertPromotion,
  mapComingReleases,
  mapCurrentReleases,
} from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

export type PromotionInput = {
  pipeline: string
  source: { app: string; release: string | undefined }
  targets: string[]
  /** One failed target undoes the others. */
  allOrNothing?: boolean
  /**
   * What somebody saw: by id the release that each app had, and of a target the newer one on its way if there was one.
   * The promotion is made only while that is still so.
   */
  seen?: { source: string; targets: { app: string; release: string | null }[] } | undefined
  /** The same key of the same actor makes one promotion, however often it comes. */
  idempotencyKey?: string | undefined
  retryOf?: string
}

export type PromotionNeeds = Pick<Platform, 'db' | 'keyring' | 'logs' | 'mail' | 'paths' | 'store'>

/**
 * Releases the source's slug on every target, all in one transaction that waits for nothing but rows. Each target
 * keeps its config, add-ons and formation, and deploys on its own.
 */
export const createPromotion = async (
  needs: PromotionNeeds,
  actor: Actor,
  input: PromotionInput,
): Promise<Promotion> => {
  const requestHash = hashOf(input)
  const earlier = await findEarlier(needs.db, actor, input, requestHash)
  if (earlier) return earlier
  const pipeline = await getPipeline(needs.db, actor, input.pipeline, 'view')
  const isStrict = await hasBlockingFindings(needs.db, actor, pipeline.id)
  const plan = isStrict ? await planIfPossible(needs, actor, pipeline, input) : null
  try {
    const { promotion, releases } = await transaction(needs.db, (tx) =>
      promoteInside({ ...needs, db: tx }, actor, {
        ...input,
        pipelineId: pipeline.id,
        plan,
        requestHash,
      }),
    )
    failpoint('promotion-created')
    for (const release of releases) logRelease(needs, release)
    return promotion
  } catch (error) {
    if (!violates(error, 'promotions_idempotency_key')) throw error
    const other = await findEarlier(needs.db, actor, input, requestHash)
    if (!other) throw error
    return other
  }
}

const hashOf = ({ pipeline, source, targets, allOrNothing = false }: PromotionInput): string =>
  sha256(
    JSON.stringify([pipeline, source.app, source.release, targets.toSorted(), allOrNothing]),
  ).toString('hex')

const findEarlier = async (
  db: Db,
  actor: Actor,
  { idempotencyKey }: PromotionInput,
  requestHash: string,
): Promise<Promotion | undefined> => {
  if (idempotencyKey === undefined) return undefined
  const found = await findByIdempotencyKey(db, actor, idempotencyKey)
  if (found && found.requestHash !== requestHash)
    throw invalidParams(
      'That Idempotency-Key came before with another promotion. Use a new key for each.',
    )
  return found?.promotion
}

/** A plan that nothing depends on is worked out when the apps have most likely been promoted. */
const RECORD_AFTER_MS = 1_000

/** What cannot be planned cannot be promoted either, which the transaction says in its own words. */
const planIfPossible = async (
  needs: PromotionNeeds,
  actor: Actor,
  pipeline: Pipeline,
  { source, targets }: PromotionInput,
): Promise<PromotionPlan | null> => {
  try {
    return await planPromotion(needs, actor, pipeline, {
      source: source.app,
      release: source.release,
      targets,
    })
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

type Inside = PromotionInput & {
  pipelineId: string
  plan: PromotionPlan | null
  requestHash: string
}

const promoteInside = async (
  needs: PromotionNeeds,
  actor: Actor,
  input: Inside,
): Promise<{ promotion: Promotion; releases: MadeRelease[] }> => {
  const { db: tx } = needs
  const participants = await lockParticipants(tx, actor, input.pipelineId, input)
  const { pipeline, source, targets } = participants
  const { release, slug } = await promotable(tx, actor, source, input.source.release)
  const current = await mapCurrentReleases(
    tx,
    actor,
    targets.map((target) => target.id),
  )
  checkFindings(input.plan, participants.stages, release.id)
  if (input.seen) await checkSeen(tx, actor, input.seen, { ...participants, release })
  const releases: MadeRelease[] = []
  for (const target of targets)
    releases.push(
      await releaseTarget(needs, actor, target, {
        slug,
        description: `Promote ${source.name} v${release.version} ${nameOf(slug)}`,
      }),
    )
  const promotion = await insertPromotion(tx, actor, {
    pipelineId: pipeline.id,
    sourceAppId: source.id,
    sourceReleaseId: release.id,
    slugId: slug.id,
    allOrNothing: input.allOrNothing ?? false,
    retryOf: input.retryOf ?? null,
    plan: input.plan && presentPlan(input.plan),
    idempotencyKey: input.idempotencyKey ?? null,
    requestHash: input.idempotencyKey === undefined ? null : input.requestHash,
    releases,
    previous: current,
  })
  await insertEvent(tx, actor, {
    resource: 'pipeline-promotion',
    resourceId: promotion.id,
    action: 'create',
    appId: source.id,
    pipelineId: pipeline.id,
    teamId: pipeline.teamId,
    after: {
      source: { app: source.name, version: release.version },
      digest: slug.digest,
      ...(promotion.allOrNothing ? { allOrNothing: true } : {}),
      targets: targets.map(({ name }, index) => ({ app: name, version: releases[index]?.version })),
    },
  })
  if (!input.plan)
    await enqueue(
      tx,
      recordPlanJob,
      { promotionId: promotion.id },
      { runAt: new Date(Date.now() + RECORD_AFTER_MS) },
    )
  await announcePromotion(needs, promotion, 'promotion.created')
  return { promotion, releases }
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
  const slug = await getSlug(tx, actor, release.slugId)
  if (!STACKS.some((stack) => stack === slug.stack))
    throw invalidParams(
      `v${release.version} of ${source.name} is for the stack ${slug.stack}, which does not run here. Build it anew for ${STACKS.join(', ')}.`,
    )
  return { release, slug }
}

/** @throws 409 if an app has another release by now than whoever asks has seen */
const checkSeen = async (
  tx: Db,
  actor: Actor,
  seen: NonNullable<PromotionInput['seen']>,
  { source, targets, release }: Participants & { release: Release },
): Promise<void> => {
  if (seen.source !== release.id)
    throw conflict(
      `The plan is out of date: ${source.name} has v${release.version} by now. Plan again.`,
    )
  const coming = await mapComingReleases(
    tx,
    actor,
    targets.map(({ id }) => id),
  )
  for (const { id, name } of targets) {
    const planned = seen.targets.find(({ app }) => app === id || app === name)
    if (planned && planned.release !== (coming.get(id) ?? null))
      throw conflict(`The plan is out of date: ${name} has another release by now. Plan again.`)
  }
}

const releaseTarget = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  actor: Actor,
  target: App,
  { slug, description }: { slug: Slug; description: string },
): Promise<MadeRelease> => {
  if (target.stack !== slug.stack)
    await updateApp(needs.db, actor, target.id, { stack: slug.stack })
  return releaseApp(needs.db, actor, {
    appId: target.id,
    slugId: slug.id,
    slug,
    configSnapshotId:
      target.configSnapshotId ?? (await insertConfigSnapshot(needs, target.id, EMPTY_CONFIG)),
    description,
    addOns: await listReleaseAddOns(needs.db, target.id),
    cause: 'promotion',
  })
}

const nameOf = (slug: Slug): string => shortCommit(slug) || slug.digest.slice(7, 15)
