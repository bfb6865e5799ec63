import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteMark, listMarks, upsertMark } from './config-mark-store.ts'
import type { ConfigMark, Mark } from './config-mark.ts'
import { lockPipelineFor } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline, type Stage } from './pipeline.ts'
import { getStage } from './stage-store.ts'

const MOST_MARKS = 1000
const KEY = /^[^\s=\p{C}]{1,200}$/u

type Needs = Pick<Platform, 'db'>
type Where = Pick<Stage, 'id' | 'pipelineId'>

/** Says of a config var that it must differ or be equal when something is promoted into a stage. */
export const markConfigVar = (
  { db }: Needs,
  actor: Actor,
  where: Where,
  { key, mark }: { key: string; mark: Mark },
): Promise<ConfigMark> => {
  if (!KEY.test(key)) throw invalidParams('That is no name of a config var.')
  return transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, where.pipelineId, CHANGE_PIPELINE)
    const stage = await getStage(tx, pipeline.id, where.id)
    const marks = await listMarks(tx, pipeline.id)
    const before = marks.find((one) => one.stageId === stage.id && one.key === key)
    const after = { stageId: stage.id, stageName: stage.name, key, mark }
    if (before?.mark === mark) return before
    if (!before && marks.length >= MOST_MARKS)
      throw invalidParams(`A pipeline has at most ${MOST_MARKS} marks.`)
    await upsertMark(tx, actor, after)
    await insertChange(tx, actor, pipeline, { before, after })
    return after
  })
}

export const unmarkConfigVar = (
  { db }: Needs,
  actor: Actor,
  where: Where,
  key: string,
): Promise<ConfigMark> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, where.pipelineId, CHANGE_PIPELINE)
    const marks = await listMarks(tx, pipeline.id)
    const before = marks.find((one) => one.stageId === where.id && one.key === key)
    if (!before) throw notFound('config_mark', `The stage has no mark on ${key}.`)
    await deleteMark(tx, actor, before)
    await insertChange(tx, actor, pipeline, { before, after: undefined })
    return before
  })

type Change = { before: ConfigMark | undefined; after: ConfigMark | undefined }

const insertChange = (
  tx: Db,
  actor: Actor,
  { id, teamId }: Pipeline,
  { before, after }: Change,
): Promise<void> =>
  insertEvent(tx, actor, {
    resource: 'config-mark',
    action: after === undefined ? 'destroy' : before === undefined ? 'create' : 'update',
    pipelineId: id,
    teamId,
    ...(before ? { before: shown(before) } : {}),
    ...(after ? { after: shown(after) } : {}),
  })

const shown = ({ stageName: stage, key, mark }: ConfigMark) => ({ stage, key, mark })
