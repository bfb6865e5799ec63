import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { Build } from '#/web/data/types.ts'
import { Section, Mono } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { Printed } from '#/web/ui/printed.tsx'
import { Commands, Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { BuildSummary } from './build-summary.tsx'
import { DeployBranch } from './deploy-branch.tsx'
import { InPipeline } from './join-pipeline.tsx'

export const DeployPage = (): ReactNode => (
  <>
    <InPipeline />
    <DeployBranch />
    <LastBuild />
    <ByGit />
  </>
)

const ByGit = (): ReactNode => {
  const app = useApp()
  return (
    <Section title="Push with git">
      <div className="card grid gap-3 p-4">
        <p>In the folder of your code, once:</p>
        <Commands>{`sluice git:remote --app ${app.name}`}</Commands>
        <p>Then, whenever there is something to release:</p>
        <Commands>{'git push heroku main'}</Commands>
        <p className="text-sm text-muted">
          The remote is <Mono>{app.git_url}</Mono>; the user name does not matter, the password is a
          token of yours (
          <Link to="/account" className="link">
            Account
          </Link>
          ).
        </p>
      </div>
    </Section>
  )
}

const LastBuild = (): ReactNode => {
  const app = useApp()
  const builds = useQuery(queries.builds(app.id))
  return (
    <Section
      title="Last build"
      action={
        <Link to="/apps/$app/builds" params={{ app: app.name }} className="link text-sm">
          All builds
        </Link>
      }
    >
      <Loaded query={builds} what="builds">
        {([newest]) =>
          newest ? (
            <BuildLog key={newest.id} build={newest} />
          ) : (
            <p className="card p-4 text-muted">
              Nothing has been built here. What you push is seen here as it builds.
            </p>
          )
        }
      </Loaded>
    </Section>
  )
}

const BuildLog = ({ build }: { build: Build }): ReactNode => {
  const app = useApp()
  return (
    <div className="grid gap-3">
      <BuildSummary build={build}>
        {build.status === 'succeeded' && (
          <a href={app.web_url} target="_blank" rel="noreferrer" className={buttonLook('main')}>
            View
          </a>
        )}
      </BuildSummary>
      <Printed url={build.output_stream_url} label="Output of the build" />
    </div>
  )
}
