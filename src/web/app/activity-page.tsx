import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { Event } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

const STEP = 50
const DONE: Record<string, string> = {
  create: 'created',
  update: 'changed',
  destroy: 'removed',
  refuse: 'was refused',
}

/** Who did what to the app, and what it was before and after. */
export const ActivityPage = (): ReactNode => {
  const app = useApp()
  const [most, setMost] = useState(STEP)
  const events = useQuery({ ...queries.events(app.id, most), placeholderData: keepPreviousData })
  return (
    <Section title="Activity">
      <Loaded query={events} what="activity" lines={6}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="Nothing has happened yet" />
          ) : (
            <>
              <ul className="card divide-y">
                {found.map((event) => (
                  <EventRow key={event.id} event={event} />
                ))}
              </ul>
              {found.length === most && (
                <Button className="mt-4" onClick={() => setMost(most + STEP)}>
                  Show more
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </Section>
  )
}

const EventRow = ({ event }: { event: Event }): ReactNode => {
  const hasDetails = event.before !== null || event.after !== null
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 break-words">
          <span className="font-medium">{event.actor.email}</span>{' '}
          {DONE[event.action] ?? event.action} {event.resource.replaceAll('-', ' ')}
        </p>
        <span className="text-sm text-muted">
          <Ago time={event.created_at} />
        </span>
      </div>
      {event.action === 'refuse' && <Status tone="warn">Refused</Status>}
      {hasDetails && (
        <details className="mt-1 text-sm">
          <summary className="cursor-pointer text-muted">What changed</summary>
          <pre
            className="mt-2 max-h-72 overflow-auto rounded-md bg-sunken p-3 font-mono whitespace-pre-wrap break-all"
            tabIndex={0}
          >
            {event.before !== null &&
              `before ${plainText(JSON.stringify(event.before, null, 2))}\n`}
            {event.after !== null && `after ${plainText(JSON.stringify(event.after, null, 2))}`}
          </pre>
        </details>
      )}
    </li>
  )
}
