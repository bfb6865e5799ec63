import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { PageTitle } from '#/web/ui/bits.tsx'
import { Settled, useShownPath } from '#/web/ui/settled.tsx'
import { Loaded } from '#/web/ui/states.tsx'
import { ACTIVE_TAB, TAB, Tabs } from '#/web/ui/tabs.tsx'
import { TeamContext } from './team-context.ts'

const TABS = [
  ['/teams/$team', 'People'],
  ['/teams/$team/audit', 'Audit log'],
  ['/teams/$team/settings', 'Settings'],
] as const

/** What is around each page of a team. */
export const TeamFrame = (): ReactNode => {
  const { team: name = '' } = useParams({ strict: false })
  const query = useQuery(queries.team(name))
  const path = useShownPath()
  return (
    <Loaded query={query} what="the team" lines={4} isPage>
      {(team) => (
        <TeamContext value={team}>
          <PageTitle title={team.name} about={`Team · your role is ${team.role}`} />
          <Tabs label="Team">
            {TABS.map(([to, text]) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ team: team.name }}
                  activeOptions={{ exact: text === 'People', includeSearch: false }}
                  className={TAB}
                  activeProps={ACTIVE_TAB}
                >
                  {text}
                </Link>
              </li>
            ))}
          </Tabs>
          <Settled place={path} what="the page">
            <Outlet key={team.id} />
          </Settled>
        </TeamContext>
      )}
    </Loaded>
  )
}
