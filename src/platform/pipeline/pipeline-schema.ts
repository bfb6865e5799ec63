import { Type, type Static } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { Reference } from '#/platform/app/reference.ts'
import { ephemeralSettingsOf, EphemeralApps, presentEphemeralApps } from './ephemeral-schema.ts'
import type { PipelineSettings } from './pipeline-settings.ts'
import { ownerOf, PRODUCTION_PROMOTIONS, type Coupling, type Pipeline } from './pipeline.ts'
import type { Transfer } from './transfer-pipeline.ts'

const Owner = Type.Object({
  id: Type.String(),
  type: Type.Union([Type.Literal('user'), Type.Literal('team')]),
})

/** Ours, where Heroku has nothing in its API. */
const Settings = {
  production_promotion: Type.Optional(
    Type.Union(PRODUCTION_PROMOTIONS.map((name) => Type.Literal(name))),
  ),
  ephemeral_apps: Type.Optional(EphemeralApps),
}

export const CreatePipeline = Type.Object({
  name: Type.String(),
  owner: Type.Optional(Type.Union([Owner, Type.Null()])),
  ...Settings,
})

export const UpdatePipeline = Type.Object({ name: Type.Optional(Type.String()), ...Settings })

/** What a body asks for. @throws 422 in words */
export const settingsOf = ({
  production_promotion: productionPromotion,
  ephemeral_apps: ephemeral,
}: Pick<
  Static<typeof UpdatePipeline>,
  'production_promotion' | 'ephemeral_apps'
>): PipelineSettings => ({
  ...(productionPromotion === undefined ? {} : { productionPromotion }),
  ...(ephemeral === undefined ? {} : ephemeralSettingsOf(ephemeral)),
})

export const CreateTransfer = Type.Object({ pipeline: Reference, new_owner: Owner })

export const presentTransfer = ({ before, after }: Transfer) => ({
  pipeline: { id: after.id, name: after.name },
  previous_owner: ownerOf(before),
  new_owner: ownerOf(after),
})

export const CreateCoupling = Type.Object({
  app: Reference,
  pipeline: Reference,
  stage: Type.String(),
})

export const UpdateCoupling = Type.Object({ stage: Type.String() })

/** Heroku's pipeline with its settings, and until when an empty one is kept. */
export const presentPipeline = (pipeline: Pipeline) => ({
  id: pipeline.id,
  name: pipeline.name,
  owner: ownerOf(pipeline),
  generation: { id: derivedId('generation', 'cedar'), name: 'cedar' },
  production_promotion: pipeline.productionPromotion,
  ephemeral_apps: presentEphemeralApps(pipeline),
  path_rules: pipeline.pathRules,
  delete_at: pipeline.deleteAt,
  created_at: pipeline.createdAt,
  updated_at: pipeline.updatedAt,
})

/** Heroku's coupling, with the pipeline's name, which the CLI prints, its own stage, and whether the app has another owner. */
export const presentCoupling = (coupling: Coupling) => ({
  id: coupling.id,
  app: { id: coupling.appId },
  pipeline: { id: coupling.pipelineId, name: coupling.pipelineName },
  stage: coupling.stage,
  pipeline_stage: {
    id: coupling.stageId,
    name: coupling.stageName,
    position: coupling.stagePosition,
  },
  owned_elsewhere: coupling.ownedElsewhere,
  created_at: coupling.createdAt,
  updated_at: coupling.updatedAt,
})
