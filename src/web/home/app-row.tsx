import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AppHealth } from '#/web/app/app-facts.tsx'
import type { App } from '#/web/data/types.ts'
import { Ago } from '#/web/ui/bits.tsx'

export const AppRow = ({ app, stage }: { app: App; stage?: string }): ReactNode => (
  <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_7rem_10rem_10rem]">
    <Link
      to="/apps/$app"
      params={{ app: app.name }}
      className="row-link min-w-0 justify-self-start"
    >
      {app.name}
    </Link>
    <span className="text-sm text-muted max-sm:text-right">{stage}</span>
    <AppHealth appId={app.id} />
    <span className="text-right text-sm text-muted">
      {app.released_at === null ? 'Never released' : <Ago time={app.released_at} />}
    </span>
  </li>
)
