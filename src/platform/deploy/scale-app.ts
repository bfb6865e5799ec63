import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { upsertFormation } from '#/platform/formation/formation-store.ts'
import { MOST_DYNOS, quantityAsked, type ProcessType } from '#/platform/formation/formation.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import { RELEASE_PHASE } from '#/platform/release/release.ts'
import { deployQueue, runDeploysJob } from './deploy-jobs.ts'
import { insertDeploy } from './deploy-store.ts'
import { listProcessTypes } from './list-process-types.ts'

export type ScaleUpdate = {
  /** Name or id. */
  type: string
  /** `3`, or against what it is now: `+1`, `-1`. */
  quantity?: number | string
  /** One of `SIZES`. */
  size?: string
}

/** Wants more, fewer, larger or smaller dynos, all updates or none, and queues the deploy that makes it so. */
export const scaleApp = async (
  { db, logs }: Pick<Platform, 'db' | 'logs'>,
  actor: Actor,
  app: Pick<App, 'id'>,
  updates: ScaleUpdate[],
): Promise<ProcessType[]> => {
  const { after, changed } = await transaction(db, async (tx) => {
    const { id, teamId } = await lockApp(tx, actor, app.id)
    const before = await listProcessTypes(tx, actor, id)
    const after = updates.reduce(withUpdate, before)
    const changed = after.filter((process) => !before.includes(process))
    for (const { type, quantity, size } of changed)
      await upsertFormation(tx, actor, { appId: id, type, quantity, size })
    if (changed.length > 0) {
      await queueScale(tx, actor, id)
      await noteScale(tx, actor, { id, teamId }, { before, changed })
    }
    return { after: changed.length > 0 ? await listProcessTypes(tx, actor, id) : after, changed }
  })
  if (changed.length > 0)
    logs.append(app.id, {
      at: Date.now(),
      source: 'app',
      dyno: 'api',
      text: `Scaled to ${changed.map(describe).join(' ')} by user ${actor.name}`,
    })
  return after
}

/** The process types with one of them changed; those that stay as they are stay the same objects. */
const withUpdate = (all: ProcessType[], update: ScaleUpdate): ProcessType[] => {
  const found = all.find(({ id, type }) => type === update.type || id === update.type)
  if (!found)
    throw notFound('formation', `Couldn't find that process type (${update.type.slice(0, 100)}).`)
  const { size = found.size } = update
  const quantity =
    update.quantity === undefined ? found.quantity : newQuantity(found, update.quantity)
  if (quantity === found.quantity && size === found.size) return all
  return all.map((one) => (one === found ? { ...found, quantity, size } : one))
}

const newQuantity = ({ type, quantity: now }: ProcessType, asked: number | string): number => {
  const quantity = quantityAsked(now, asked)
  if (quantity === undefined)
    throw invalidParams(`The quantity of ${type} must be between 0 and ${MOST_DYNOS}.`)
  if (type === RELEASE_PHASE && quantity > 0)
    throw invalidParams('The release process runs once with each release and cannot be scaled.')
  return quantity
}

/** Of an app that has no release yet nothing runs. */
const queueScale = async (tx: Db, actor: Actor, appId: string): Promise<void> => {
  const release = await findCurrentRelease(tx, actor, appId)
  if (!release) return
  await insertDeploy(tx, actor, { appId, kind: 'scale', releaseId: release.id })
  await enqueue(tx, runDeploysJob, { appId }, { queue: deployQueue(appId) })
}

const noteScale = (
  tx: Db,
  actor: Actor,
  { id, teamId }: Pick<App, 'id' | 'teamId'>,
  { before, changed }: { before: ProcessType[]; changed: ProcessType[] },
): Promise<void> => {
  const was = before.filter(({ type }) => changed.some((process) => process.type === type))
  return insertEvent(tx, actor, {
    resource: 'formation',
    action: 'update',
    appId: id,
    teamId,
    before: was.map(describe),
    after: changed.map(describe),
  })
}

const describe = ({ type, quantity, size }: ProcessType): string => `${type}@${quantity}:${size}`
