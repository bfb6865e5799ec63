import type { ReactNode } from 'react'
import type { Event } from '#/web/data/types.ts'
import { changesOf } from '#/web/text/event-changes.ts'

export const EventChanges = ({ event }: { event: Event }): ReactNode => (
  <dl
    className="mt-2 grid max-h-72 gap-x-4 gap-y-1 overflow-auto rounded-md bg-sunken p-3 sm:grid-cols-[max-content_minmax(0,1fr)]"
    tabIndex={0}
    aria-label="Before and after"
  >
    {changesOf(event).map(({ name, before, after }) => (
      <div key={name} className="contents">
        <dt className="max-w-56 font-medium break-words">{name}</dt>
        <dd className="mb-1 min-w-0 font-mono break-all whitespace-pre-wrap sm:mb-0">
          {before !== undefined && <del className="text-bad">{before}</del>}
          {before !== undefined && after !== undefined && ' → '}
          {after !== undefined && <ins className="text-good no-underline">{after}</ins>}
        </dd>
      </div>
    ))}
  </dl>
)
