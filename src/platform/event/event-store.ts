import type { Db } from '#/foundation/db.ts'
import type { Actor } from './actor.ts'

export type NewEvent = {
  resource: string
  resourceId?: string
  /** `refuse`: somebody wanted it and was not let. */
  action: 'create' | 'update' | 'destroy' | 'refuse'
  /** Not given: it was done. Refused: they may not. Failed: they tried and did not succeed, as with a wrong password. */
  result?: 'success' | 'refused' | 'failed'
  /** Whose account it is about; its owner sees the event. */
  accountId?: string
  /** Derived from the app or the pipeline if not given. */
  teamId?: string
  appId?: string
  pipelineId?: string
  /** What it was and what it is now, without secrets. */
  before?: unknown
  after?: unknown
}

/** Writes down who did what; `tx` is the transaction of the change itself. */
export const insertEvent = async (tx: Db, actor: Actor, event: NewEvent): Promise<void> => {
  await tx
    .insertInto('events')
    .values({
      actorAccountId: actor.accountId,
      actorName: actor.name,
      authorizationId: actor.authorizationId,
      sessionId: actor.sessionId ?? null,
      requestId: actor.requestId,
      remoteAddress: actor.remoteAddress,
      accountId: event.accountId ?? null,
      teamId: event.teamId ?? null,
      appId: event.appId ?? null,
      pipelineId: event.pipelineId ?? null,
      resource: event.resource,
      resourceId: event.resourceId ?? null,
      action: event.action,
      result: event.result ?? 'success',
      before: event.before === undefined ? null : JSON.stringify(event.before),
      after: event.after === undefined ? null : JSON.stringify(event.after),
    })
    .execute()
}
