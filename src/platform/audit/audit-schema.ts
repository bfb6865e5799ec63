import type { StoredEvent } from './audit.ts'
import type { Verification } from './verify-events.ts'

/** @param isWhole whether the reader also learns from where and through which token it was done */
export const presentEvent = (event: StoredEvent, isWhole: boolean) => ({
  id: String(event.id),
  created_at: event.occurredAt,
  actor: { id: event.actorAccountId, email: event.actorName },
  authorization: isWhole ? refOf(event.authorizationId) : null,
  session: isWhole ? refOf(event.sessionId ?? null) : null,
  remote_address: isWhole ? event.remoteAddress : null,
  request_id: isWhole ? event.requestId : null,
  resource: event.resource,
  resource_id: event.resourceId,
  action: event.action,
  result: event.result,
  account: refOf(event.accountId),
  team: refOf(event.teamId),
  app: refOf(event.appId),
  pipeline: refOf(event.pipelineId),
  before: event.before,
  after: event.after,
})

export type PresentedEvent = ReturnType<typeof presentEvent>

const refOf = (id: string | null) => (id === null ? null : { id })

export const EVENT_CSV_COLUMNS = {
  id: ({ id }) => id,
  created_at: (event) => event.created_at.toISOString(),
  result: ({ result }) => result,
  actor: ({ actor }) => actor.email,
  actor_id: ({ actor }) => actor.id,
  authorization_id: ({ authorization }) => authorization?.id,
  session_id: ({ session }) => session?.id,
  remote_address: (event) => event.remote_address,
  request_id: (event) => event.request_id,
  resource: ({ resource }) => resource,
  resource_id: (event) => event.resource_id,
  action: ({ action }) => action,
  account_id: ({ account }) => account?.id,
  team_id: ({ team }) => team?.id,
  app_id: ({ app }) => app?.id,
  pipeline_id: ({ pipeline }) => pipeline?.id,
  before: ({ before }) => (before === null ? '' : JSON.stringify(before)),
  after: ({ after }) => (after === null ? '' : JSON.stringify(after)),
} satisfies Record<string, (event: PresentedEvent) => string | null | undefined>

export const presentVerification = (verification: Verification) => ({
  intact: verification.problems.length === 0,
  hours: verification.hours,
  events: verification.events,
  dropped_hours: verification.droppedHours,
  unsealed_events: verification.unsealed,
  head: verification.head,
  problems: verification.problems.map(({ kind, hour, eventId, message }) => ({
    kind,
    hour,
    event: eventId === null ? null : { id: String(eventId) },
    message,
  })),
  more_problems: verification.isCut,
})
