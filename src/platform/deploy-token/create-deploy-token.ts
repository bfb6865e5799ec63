import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { newToken } from '#/foundation/ids.ts'
import { getOwnAccount } from '#/platform/account/account-store.ts'
import { insertAuthorization } from '#/platform/account/authorization-store.ts'
import { endOf } from '#/platform/account/create-authorization.ts'
import { requireFreshSignIn } from '#/platform/account/fresh-sign-in.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor, DeployBinding } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { lockPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findDeployToken, listDeployTokens } from './deploy-token-store.ts'
import { LONGEST_SECONDS, MOST_DEPLOY_TOKENS, type DeployToken } from './deploy-token.ts'

export type DeployTokenInput = { description?: string | null; expires_in?: number | null }

/** Whoever may manage the app or pipeline makes one, in their own name. It is in the answer and nowhere else. */
export const createDeployToken = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  boundTo: DeployBinding,
  input: DeployTokenInput,
): Promise<{ deployToken: DeployToken; token: string }> =>
  transaction(db, async (tx) => {
    requireFreshSignIn(actor)
    const { teamId } = await lockBound(tx, actor, boundTo)
    if ((await listDeployTokens(tx, actor, boundTo)).length >= MOST_DEPLOY_TOKENS)
      throw invalidParams(
        `There are ${MOST_DEPLOY_TOKENS} deploy tokens already, which is the limit. Revoke one first.`,
      )
    const token = newToken()
    const { id } = await insertAuthorization(tx, {
      accountId: (await getOwnAccount(tx, actor)).id,
      token,
      description: input.description ?? null,
      scope: ['deploy'],
      expiresAt: endOf(input.expires_in ?? LONGEST_SECONDS, LONGEST_SECONDS),
      boundTo,
    })
    const deployToken = await findDeployToken(tx, actor, id)
    if (!deployToken) throw new Error('The new deploy token is not there.')
    await insertEvent(tx, actor, {
      resource: 'deploy-token',
      resourceId: id,
      action: 'create',
      teamId,
      ...boundTo,
      after: { description: deployToken.description, expiresAt: deployToken.expiresAt },
    })
    return { deployToken, token }
  })

const lockBound = (tx: Db, actor: Actor, boundTo: DeployBinding): Promise<{ teamId: string }> =>
  'appId' in boundTo
    ? lockApp(tx, actor, boundTo.appId)
    : lockPipeline(tx, actor, boundTo.pipelineId)
