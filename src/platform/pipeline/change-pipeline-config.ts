import { transaction } from '#/foundation/db.ts'
import {
  applyChange,
  compareConfigs,
  isEmpty,
  type ConfigChange,
} from '#/platform/config-var/config-var.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { readPipelineConfig, writePipelineConfig } from './pipeline-config-store.ts'
import type { EphemeralStage } from './pipeline-config.ts'
import { lockPipelineFor } from './pipeline-store.ts'

type Needs = Pick<Platform, 'db' | 'keyring'>

/** Sets and removes config vars for review or test apps that are still to be made; returns all of them. @throws 422 in words */
export const changePipelineConfig = (
  { db, keyring }: Needs,
  actor: Actor,
  { pipelineId, stage }: { pipelineId: string; stage: EphemeralStage },
  change: ConfigChange,
): Promise<Record<string, string>> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, 'deploy')
    const needs = { db: tx, keyring }
    const where = { pipelineId: pipeline.id, stage }
    const before = { own: await readPipelineConfig(needs, actor, where), attached: {} }
    const after = applyChange(before, change)
    const difference = compareConfigs(before, after)
    if (isEmpty(difference)) return before.own
    await writePipelineConfig(needs, actor, where, after.own)
    await insertEvent(tx, actor, {
      resource: 'pipeline-config-var',
      action: 'update',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { stage, ...difference }, // names only: an event is read by people who may not read values
    })
    return after.own
  })
