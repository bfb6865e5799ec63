import type { ReactNode } from 'react'
import type { Event } from '#/web/data/types.ts'
import { changesOf, subjectOf } from '#/web/text/event-changes.ts'
import { Ago, Status } from './bits.tsx'
import { Button } from './button.tsx'
import { EventChanges } from './event-changes.tsx'

const DONE: Record<string, string> = {
  create: 'created',
  update: 'changed',
  destroy: 'removed',
  refuse: 'was refused',
}

type EventListProps = {
  events: Event[]
  /** How many were asked for: if there are as many, there may be more. */
  most: number
  onMore: () => void
}

export const EventList = ({ events, most, onMore }: EventListProps): ReactNode => (
  <>
    <ul className="card divide-y">
      {events.map((event) => (
        <EventRow key={event.id} event={event} />
      ))}
    </ul>
    {events.length === most && most < MOST_OF_A_PAGE && (
      <Button className="mt-4" onClick={onMore}>
        Show more
      </Button>
    )}
  </>
)

/** More the API does not give at once. */
const MOST_OF_A_PAGE = 1000

const About = ({ event }: { event: Event }): ReactNode => {
  const text = subjectOf(event)
  return text !== '' && <span className="text-muted"> {text}</span>
}

const EventRow = ({ event }: { event: Event }): ReactNode => {
  const hasDetails = changesOf(event).length > 0
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 break-words">
          <span className="font-medium">{event.actor.email}</span>{' '}
          {DONE[event.action] ?? event.action} {event.resource.replaceAll('-', ' ')}
          <About event={event} />
        </p>
        <span className="text-sm text-muted">
          <Ago time={event.created_at} />
        </span>
      </div>
      {event.action === 'refuse' && <Status tone="warn">Refused</Status>}
      {hasDetails && (
        <details className="mt-1 text-sm">
          <summary className="cursor-pointer text-muted">What changed</summary>
          <EventChanges event={event} />
        </details>
      )}
    </li>
  )
}
