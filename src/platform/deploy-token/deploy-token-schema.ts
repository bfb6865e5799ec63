import { Type } from 'typebox'
import type { DeployToken } from './deploy-token.ts'

export const CreateDeployToken = Type.Object({
  description: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Null()])),
  /** Seconds. */
  expires_in: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
})

/** @param token is shown once, to whoever has just made it; later only its first and last characters are */
export const presentDeployToken = (found: DeployToken, token: string = found.tokenHint) => ({
  id: found.id,
  app: 'appId' in found.boundTo ? { id: found.boundTo.appId } : null,
  pipeline: 'pipelineId' in found.boundTo ? { id: found.boundTo.pipelineId } : null,
  created_at: found.createdAt,
  description: found.description ?? '',
  expires_at: found.expiresAt,
  last_used_at: found.lastUsedAt,
  token,
  user: found.madeBy,
})
