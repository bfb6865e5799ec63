import { Type } from 'typebox'
import { STAGE_KINDS, type Stage } from './pipeline.ts'

/** Ours: Heroku's stages are fixed. */
const Position = Type.Integer({ minimum: 0, maximum: 1000 })

export const CreateStage = Type.Object({
  name: Type.String(),
  kind: Type.Union(STAGE_KINDS.map((kind) => Type.Literal(kind))),
  position: Type.Optional(Position),
})

export const UpdateStage = Type.Object({
  name: Type.Optional(Type.String()),
  position: Type.Optional(Position),
})

export const presentStage = (stage: Stage) => ({
  id: stage.id,
  name: stage.name,
  kind: stage.kind,
  position: stage.position,
  pipeline: { id: stage.pipelineId },
  created_at: stage.createdAt,
  updated_at: stage.updatedAt,
})
