import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { rolesWith } from '#/platform/team/team.ts'
import type { ApprovalRequest } from './approval.ts'

/** Seen by whoever may see the app that it is for. */
const requests = (db: Db, actor: Actor) =>
  db
    .selectFrom('approvalRequests')
    .innerJoin('apps', 'apps.id', 'approvalRequests.appId')
    .innerJoin('releases', 'releases.id', 'approvalRequests.sourceReleaseId')
    .select((eb) => [
      'approvalRequests.id',
      'approvalRequests.pipelineId',
      'approvalRequests.appId',
      'apps.name as appName',
      'approvalRequests.digest',
      'approvalRequests.sourceAppId',
      eb
        .selectFrom('apps')
        .select('apps.name')
        .whereRef('apps.id', '=', 'approvalRequests.sourceAppId')
        .where(mayOnApp(actor, 'view'))
        .as('sourceAppName'),
      'approvalRequests.sourceReleaseId',
      'releases.version as sourceVersion',
      'approvalRequests.requestedBy',
      'approvalRequests.requestedByName',
      'approvalRequests.reason',
      'approvalRequests.refusedByName',
      'approvalRequests.refusal',
      'approvalRequests.expiresAt',
      'approvalRequests.withdrawnAt',
      'approvalRequests.createdAt',
    ])
    .where('apps.destroyedAt', 'is', null)
    .where(mayOnApp(actor, 'view'))

const MOST_SHOWN = 200

/** The newest first. */
export const listApprovalRequests = (
  db: Db,
  actor: Actor,
  pipelineId: string,
): Promise<ApprovalRequest[]> =>
  requests(db, actor)
    .where('approvalRequests.pipelineId', '=', pipelineId)
    .orderBy('approvalRequests.createdAt', 'desc')
    .limit(MOST_SHOWN)
    .execute()

export const getApprovalRequest = async (
  db: Db,
  actor: Actor,
  pipelineId: string,
  id: string,
): Promise<ApprovalRequest> => {
  const found = isId(id)
    ? await requests(db, actor)
        .where('approvalRequests.pipelineId', '=', pipelineId)
        .where('approvalRequests.id', '=', id)
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('approval', "Couldn't find that approval.")
  return found
}

/** What waits for an app and files, expired or not; at most one. */
export const findOpenRequest = async (
  db: Db,
  appId: string,
  digest: string,
): Promise<{ id: string; expiresAt: Date } | undefined> =>
  db
    .selectFrom('approvalRequests')
    .select(['id', 'expiresAt'])
    .where('appId', '=', appId)
    .where('digest', '=', digest)
    .where('withdrawnAt', 'is', null)
    .executeTakeFirst()

export const insertApprovalRequest = async (
  tx: Db,
  actor: Actor,
  {
    hours,
    ...input
  }: Pick<
    ApprovalRequest,
    'pipelineId' | 'appId' | 'digest' | 'sourceAppId' | 'sourceReleaseId' | 'reason'
  > & { hours: number },
): Promise<string> =>
  (
    await tx
      .insertInto('approvalRequests')
      .values({
        ...input,
        requestedBy: actor.accountId,
        requestedByName: actor.name,
        expiresAt: sql<Date>`now() + make_interval(hours => ${hours})`,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id

/** Until the transaction ends nobody else approves or withdraws it. */
export const lockApprovalRequest = async (tx: Db, id: string): Promise<void> => {
  await tx.selectFrom('approvalRequests').select('id').where('id', '=', id).forUpdate().execute()
}

export const withdrawRequest = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx
    .updateTable('approvalRequests')
    .set({ withdrawnAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** Withdrawn by one who could have approved it. */
export const markRefused = async (
  tx: Db,
  actor: Actor,
  id: string,
  refusal: string | null,
): Promise<void> => {
  await tx
    .updateTable('approvalRequests')
    .set({
      withdrawnAt: sql<Date>`now()`,
      refusedBy: actor.accountId,
      refusedByName: actor.name,
      refusal,
    })
    .where('id', '=', id)
    .execute()
}

/** An account's address, if it is there still. */
export const findRequester = (
  db: Db,
  _actor: Actor,
  accountId: string,
): Promise<{ email: string } | undefined> =>
  db.selectFrom('accounts').select('email').where('id', '=', accountId).executeTakeFirst()

/** False if the actor had approved it before. */
export const insertApproval = async (tx: Db, actor: Actor, requestId: string): Promise<boolean> =>
  (await tx
    .insertInto('approvals')
    .values({ requestId, accountId: actor.accountId ?? '', accountName: actor.name })
    .onConflict((conflict) => conflict.constraint('approvals_account_key').doNothing())
    .returning('id')
    .executeTakeFirst()) !== undefined

/** False if there is none of the actor's. */
export const deleteApproval = async (tx: Db, actor: Actor, requestId: string): Promise<boolean> =>
  (await tx
    .deleteFrom('approvals')
    .where('requestId', '=', requestId)
    .where('accountId', '=', actor.accountId)
    .returning('id')
    .executeTakeFirst()) !== undefined

export type TeamApprover = { accountId: string; email: string }

/** Who may approve for a team. */
export const listTeamApprovers = (db: Db, teamId: string): Promise<TeamApprover[]> =>
  db
    .selectFrom('teamMembers')
    .innerJoin('accounts', 'accounts.id', 'teamMembers.accountId')
    .select(['teamMembers.accountId', 'accounts.email'])
    .where('teamMembers.teamId', '=', teamId)
    .where('teamMembers.role', 'in', rolesWith('deploy'))
    .orderBy('accounts.email')
    .execute()

/** A personal team's is that of nobody to ask. */
export const getTeamName = async (db: Db, id: string): Promise<string> =>
  (await db.selectFrom('teams').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name
