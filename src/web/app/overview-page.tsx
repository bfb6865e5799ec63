import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { shortDigest } from '#/web/text/words.ts'
import { Ago, Mono, Section } from '#/web/ui/bits.tsx'
import { Commands, Empty, Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Code, currentOf } from './app-facts.tsx'
import { Dynos } from './dynos.tsx'
import { ReleaseList } from './release-list.tsx'

export const OverviewPage = (): ReactNode => {
  const app = useApp()
  const releases = useQuery(queries.releases(app.id))
  const current = currentOf(releases.data)
  const slugId = current?.slug?.id
  const slug = useQuery({ ...queries.slug(app.id, slugId ?? ''), enabled: slugId !== undefined })
  return (
    <Loaded query={releases} what="what runs">
      {(found) => (
        <>
          {slugId === undefined ? (
            <div className="mb-8">
              <Empty title="No code yet">
                <p className="text-muted">In the folder of your code:</p>
                <Commands>{`sluice git:remote --app ${app.name}\ngit push heroku main`}</Commands>
              </Empty>
            </div>
          ) : (
            <Section title="Running now">
              <dl className="card grid gap-x-8 gap-y-3 p-4 sm:grid-cols-2">
                <Fact name="Release">
                  {current && (
                    <Link
                      to="/apps/$app/releases/$version"
                      params={{ app: app.name, version: String(current.version) }}
                      className="link"
                    >
                      v{current.version}
                    </Link>
                  )}{' '}
                  {current && <Ago time={current.created_at} />}
                </Fact>
                <Fact name="Code">
                  <Code appId={app.id} slugId={slugId} />
                </Fact>
                <Fact name="Address">
                  <a href={app.web_url} className="link" target="_blank" rel="noreferrer">
                    {app.web_url}
                  </a>
                </Fact>
                <Fact name="Slug">
                  {slug.data && (
                    <>
                      <Mono title={slug.data.checksum}>{shortDigest(slug.data.checksum)}</Mono> on{' '}
                      {app.stack.name}
                    </>
                  )}
                </Fact>
              </dl>
            </Section>
          )}
          <Dynos appId={app.id} />
          {found.length > 0 && (
            <Section
              title="Last releases"
              action={
                <Link to="/apps/$app/releases" params={{ app: app.name }} className="link text-sm">
                  All releases
                </Link>
              }
            >
              <ReleaseList releases={found.slice(0, 5)} />
            </Section>
          )}
        </>
      )}
    </Loaded>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }): ReactNode => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="break-words">{children}</dd>
  </div>
)
