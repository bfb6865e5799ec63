import { seal, unseal } from '#/foundation/crypto.ts'
import type { Db } from '#/foundation/db.ts'
import { getPipelineDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Keyring } from '#/platform/platform.ts'
import type { EphemeralStage } from './pipeline-config.ts'

type Needs = { db: Db; keyring: Keyring }
type Where = { pipelineId: string; stage: EphemeralStage }

/** What people set for the apps of the stage that are still to be made; empty if nobody has. */
export const readPipelineConfig = async (
  { db, keyring }: Needs,
  _actor: Actor,
  where: Where,
): Promise<Record<string, string>> => {
  const row = await db
    .selectFrom('pipelineConfigVars')
    .select('sealed')
    .where((eb) => eb.and(where))
    .executeTakeFirst()
  if (!row) return {}
  const key = await getPipelineDataKey(db, keyring, where.pipelineId)
  return JSON.parse(unseal(key, place(where), row.sealed).toString()) as Record<string, string>
}

export const writePipelineConfig = async (
  { db: tx, keyring }: Needs,
  _actor: Actor,
  where: Where,
  vars: Record<string, string>,
): Promise<void> => {
  const key = await getPipelineDataKey(tx, keyring, where.pipelineId)
  const written = { sealed: seal(key, place(where), JSON.stringify(vars)), updatedAt: new Date() }
  await tx
    .insertInto('pipelineConfigVars')
    .values({ ...where, ...written })
    .onConflict((conflict) => conflict.columns(['pipelineId', 'stage']).doUpdateSet(written))
    .execute()
}

const place = ({ pipelineId, stage }: Where): string[] => [
  'pipeline_config_vars',
  'sealed',
  pipelineId,
  stage,
]
