import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { firstLine } from '#/web/app/app-facts.tsx'
import { queries } from '#/web/data/queries.ts'
import type { App, Release } from '#/web/data/types.ts'
import { Status } from '#/web/ui/bits.tsx'

type NewsProps = { app: App; newest: Release | undefined }

/** What is being made of an app just now, or what has failed last, and why. */
export const CardNews = ({ app, newest }: NewsProps): ReactNode => (
  <>
    <NewestBuild app={app} newest={newest} />
    {newest?.status === 'failed' && <FailedRelease app={app} release={newest} />}
  </>
)

/** Only as long as nothing has been released since. */
const NewestBuild = ({ app, newest }: NewsProps): ReactNode => {
  const { data } = useQuery(queries.builds(app.id, 1))
  const build = data?.[0]
  if (!build || build.status === 'succeeded') return null
  if (newest && newest.created_at > build.created_at) return null
  const isRunning = build.status === 'pending'
  return (
    <p className="text-sm">
      <Link to="/apps/$app/builds/$build" params={{ app: app.name, build: build.id }}>
        <Status tone={isRunning ? 'busy' : 'bad'}>
          <span className="underline-offset-4 hover:underline">
            {isRunning ? 'Building' : 'The last build failed'}
          </span>
        </Status>
      </Link>
      <Reason text={isRunning ? null : build.failure_reason} />
    </p>
  )
}

const FailedRelease = ({ app, release }: { app: App; release: Release }): ReactNode => {
  const deploy = useQuery({ ...queries.deploy(app.id, release.id), retry: false })
  return (
    <p className="text-sm">
      <Link
        to="/apps/$app/releases/$version"
        params={{ app: app.name, version: String(release.version) }}
      >
        <Status tone="bad">
          <span className="underline-offset-4 hover:underline">v{release.version} failed</span>
        </Status>
      </Link>
      <Reason text={deploy.data?.failure_reason ?? null} />
    </p>
  )
}

const Reason = ({ text }: { text: string | null }): ReactNode =>
  text !== null &&
  text !== '' && <span className="block break-words text-muted">{firstLine(text)}</span>
