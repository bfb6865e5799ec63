import { ownAccount } from '#/platform/account/account-access.ts'
import { operatorOnly } from '#/platform/account/operator-access.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { ANONYMOUS_ID } from '#/platform/event/actor.ts'
import { onPipeline } from '#/platform/pipeline/pipeline-access.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { route, type Call } from '#/platform/route.ts'
import { badRequest } from '#/foundation/errors.ts'
import { verifyEvents } from './verify-events.ts'
import { presentVerification } from './audit-schema.ts'
import { answerEvents } from './answer-events.ts'
import { auditedTeam } from './audit-access.ts'
import { isAuditorOf } from './audit-store.ts'
import type { Scope } from './audit.ts'

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/events',
    access: onApp(...NEEDED.look),
    handle: async (call) => answerActivity(call, { kind: 'app', id: call.target.id }),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/events',
    access: onPipeline('view'),
    handle: async (call) => answerActivity(call, { kind: 'pipeline', id: call.target.id }),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/events',
    access: auditedTeam,
    handle: async (call) => answerEvents(call, { kind: 'team', id: call.target.id }, () => true),
  }),
  route({
    method: 'GET',
    path: '/account/events',
    access: ownAccount,
    handle: async (call) => {
      const { id } = call.target
      // Where another person was when they did something about this account is theirs.
      const others = (accountId: string | null): boolean =>
        accountId !== null && accountId !== id && accountId !== ANONYMOUS_ID
      return answerEvents(
        call,
        { kind: 'account', id },
        ({ actorAccountId }) => !others(actorAccountId),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/events',
    access: operatorOnly,
    handle: async (call) => answerEvents(call, { kind: 'platform' }, () => true),
  }),
  route({
    method: 'GET',
    path: '/events/verification',
    access: operatorOnly,
    handle: async ({ platform, query }) => {
      const { head } = query
      if (head !== undefined && !/^[0-9a-f]{64}$/.test(head))
        throw badRequest('A head is 64 hexadecimal digits.')
      return presentVerification(await verifyEvents(platform, head))
    },
  }),
]

/**
 * Whoever may see a thing sees what was done to it; from where, only the auditors of its team. What was done while
 * it belonged to another team stays that team's.
 */
const answerActivity = async (
  call: Call<unknown, unknown, { teamId: string }>,
  scope: Scope,
): Promise<unknown> => {
  const { platform, actor, target } = call
  const isAuditor = await isAuditorOf(platform.db, actor, target.teamId)
  return answerEvents(call, scope, ({ teamId }) => isAuditor && teamId === target.teamId)
}
