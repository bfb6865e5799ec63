import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Release } from '#/web/data/types.ts'
import { Ago, Outcome, Status } from '#/web/ui/bits.tsx'
import { firstLine } from './app-facts.tsx'

type ReleaseListProps = {
  releases: Release[]
  /** What can be done with one, at the end of its row. */
  action?: (release: Release) => ReactNode
}

export const ReleaseList = ({ releases, action }: ReleaseListProps): ReactNode => (
  <ul className="card divide-y">
    {releases.map((release) => (
      <li
        key={release.id}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:min-h-14"
      >
        <Link
          to="/apps/$app/releases/$version"
          params={{ app: release.app.name, version: String(release.version) }}
          className="row-link w-12"
        >
          v{release.version}
        </Link>
        <span className="min-w-0 flex-1 basis-60">
          <span className="block break-words">{firstLine(release.description)}</span>
          <span className="text-sm text-muted">
            {release.user.email}, <Ago time={release.created_at} />
          </span>
        </span>
        {release.current ? (
          <Status tone="good">Current</Status>
        ) : (
          release.status !== 'succeeded' && <Outcome status={release.status} />
        )}
        {action?.(release)}
      </li>
    ))}
  </ul>
)
