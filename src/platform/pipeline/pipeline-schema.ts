import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { Reference } from '#/platform/app/reference.ts'
import type { Coupling, Pipeline } from './pipeline.ts'

const Owner = Type.Object({
  id: Type.String(),
  type: Type.Union([Type.Literal('user'), Type.Literal('team')]),
})

export const CreatePipeline = Type.Object({
  name: Type.String(),
  owner: Type.Optional(Type.Union([Owner, Type.Null()])),
})

export const UpdatePipeline = Type.Object({ name: Type.Optional(Type.String()) })

export const CreateCoupling = Type.Object({
  app: Reference,
  pipeline: Reference,
  stage: Type.String(),
})

export const UpdateCoupling = Type.Object({ stage: Type.String() })

/** Heroku's pipeline, and until when an empty one is kept. */
export const presentPipeline = (pipeline: Pipeline) => ({
  id: pipeline.id,
  name: pipeline.name,
  owner:
    pipeline.ownerAccountId === null
      ? { id: pipeline.teamId, type: 'team' }
      : { id: pipeline.ownerAccountId, type: 'user' },
  generation: { id: derivedId('generation', 'cedar'), name: 'cedar' },
  delete_at: pipeline.deleteAt,
  created_at: pipeline.createdAt,
  updated_at: pipeline.updatedAt,
})

/** Heroku's coupling, with the pipeline's name, which the CLI prints. */
export const presentCoupling = (coupling: Coupling) => ({
  id: coupling.id,
  app: { id: coupling.appId },
  pipeline: { id: coupling.pipelineId, name: coupling.pipelineName },
  stage: coupling.stage,
  created_at: coupling.createdAt,
  updated_at: coupling.updatedAt,
})
