import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { ConfigMark } from './config-mark.ts'

/** Of all stages of a pipeline, in their order. */
export const listMarks = (db: Db, pipelineId: string): Promise<ConfigMark[]> =>
  db
    .selectFrom('configMarks')
    .innerJoin('pipelineStages', 'pipelineStages.id', 'configMarks.stageId')
    .select([
      'configMarks.stageId',
      'pipelineStages.name as stageName',
      'configMarks.key',
      'configMarks.mark',
    ])
    .where('pipelineStages.pipelineId', '=', pipelineId)
    .orderBy('pipelineStages.position')
    .orderBy('configMarks.key')
    .execute()

export const upsertMark = async (
  tx: Db,
  _actor: Actor,
  { stageId, key, mark }: Pick<ConfigMark, 'stageId' | 'key' | 'mark'>,
): Promise<void> => {
  await tx
    .insertInto('configMarks')
    .values({ stageId, key, mark })
    .onConflict((conflict) => conflict.constraint('config_marks_pkey').doUpdateSet({ mark }))
    .execute()
}

export const deleteMark = async (
  tx: Db,
  _actor: Actor,
  { stageId, key }: Pick<ConfigMark, 'stageId' | 'key'>,
): Promise<void> => {
  await tx.deleteFrom('configMarks').where('stageId', '=', stageId).where('key', '=', key).execute()
}
