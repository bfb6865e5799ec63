import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { capitalised } from '#/web/text/words.ts'
import { Ago, PageTitle } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'

export const TeamsPage = (): ReactNode => {
  const teams = useQuery(queries.teams)
  return (
    <>
      <PageTitle title="Teams">
        <Link to="/new/team" className={buttonLook()}>
          Create new team
        </Link>
      </PageTitle>
      <Loaded query={teams} what="teams">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No teams yet">
              <p className="text-muted">
                A team owns apps and pipelines together; its roles say who may do what.
              </p>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {found.map((team) => (
                <li
                  key={team.id}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3"
                >
                  <Link to="/teams/$team" params={{ team: team.name }} className="row-link min-w-0">
                    {team.name}
                  </Link>
                  <span className="text-sm text-muted">
                    {capitalised(team.role)} · made <Ago time={team.created_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}
