import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries } from '#/web/data/queries.ts'
import type { Build } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { duration, shortCommit } from '#/web/text/words.ts'
import { Ago, Outcome, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Commands, Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { firstLine } from './app-facts.tsx'

export const BuildsPage = (): ReactNode => {
  const app = useApp()
  const builds = useQuery(queries.builds(app.id))
  return (
    <Section title="Builds" action={<ClearCache />}>
      <Loaded query={builds} what="builds" lines={5}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="Nothing has been built here">
              <p className="text-muted">In the folder of your code:</p>
              <Commands>{`sluice git:remote --app ${app.name}\ngit push heroku main`}</Commands>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {found.map((build) => (
                <BuildRow key={build.id} build={build} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

const ClearCache = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const clear = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/build-cache`),
  })
  return (
    <span className="flex flex-wrap items-center gap-3">
      <span role="status" className="text-sm text-muted">
        {clear.isSuccess && 'The next build begins without a cache.'}
      </span>
      <Problem error={clear.error} />
      <Button refusal={refusal} isBusy={clear.isPending} onClick={() => clear.mutate()}>
        Clear build cache
      </Button>
    </span>
  )
}

const BuildRow = ({ build }: { build: Build }): ReactNode => {
  const app = useApp()
  const { version, version_description: description } = build.source_blob
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
      <span className="min-w-0 flex-1 basis-60">
        <Link
          to="/apps/$app/builds/$build"
          params={{ app: app.name, build: build.id }}
          className="row-link break-words"
        >
          <span className="font-mono text-[0.92em]">
            {version === null ? 'tarball' : shortCommit(version)}
          </span>{' '}
          {description !== null && firstLine(description)}
        </Link>
        <span className="block text-sm text-muted">
          {build.branch !== null && `${plainText(build.branch)} · `}
          {build.user.email}, <Ago time={build.created_at} />
        </span>
      </span>
      <span className="flex items-center gap-4">
        {build.status !== 'pending' && (
          <span className="text-sm text-muted">{duration(build.created_at, build.updated_at)}</span>
        )}
        <Outcome status={build.status} />
      </span>
    </li>
  )
}
