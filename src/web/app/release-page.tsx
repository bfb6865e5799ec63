import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { Ago, Outcome, Section } from '#/web/ui/bits.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { Printed } from '#/web/ui/printed.tsx'
import { useApp } from './app-context.ts'
import { Code, firstLine } from './app-facts.tsx'
import { DeploySteps } from './deploy-steps.tsx'
import { RollBack } from './roll-back.tsx'

export const ReleasePage = (): ReactNode => {
  const app = useApp()
  const { version = '' } = useParams({ strict: false })
  const release = useQuery(queries.release(app.id, version))
  return (
    <Loaded query={release} what="the release">
      {(found) => (
        <>
          <Section
            title={`Release v${found.version}`}
            action={
              <span className="flex flex-wrap items-center gap-4">
                {found.version > 1 && (
                  <Link
                    to="/apps/$app/releases/compare"
                    params={{ app: app.name }}
                    search={{ from: found.version - 1, to: found.version }}
                    className="link text-sm"
                  >
                    Compare with v{found.version - 1}
                  </Link>
                )}
                <RollBack release={found} />
              </span>
            }
          >
            <div className="card grid gap-2 p-4">
              <p>{firstLine(found.description)}</p>
              <p>
                <Code appId={app.id} slugId={found.slug?.id} />
              </p>
              <p className="text-sm text-muted">
                {found.user.email}, <Ago time={found.created_at} />
              </p>
              <p role="status">
                <Outcome status={found.status} />
              </p>
              {found.failure_reason !== null && <Problem error={new Error(found.failure_reason)} />}
            </div>
          </Section>
          <Section title="Deploy">
            <div className="card p-4">
              <DeploySteps appId={app.id} releaseId={found.id} />
            </div>
          </Section>
          <Evidence appId={app.id} releaseId={found.id} />
          {found.output_stream_url !== null && (
            <Section title="Release phase">
              <Printed url={found.output_stream_url} label="Output of the release phase" />
            </Section>
          )}
        </>
      )}
    </Loaded>
  )
}

/** What the routers counted while requests went from the old dynos to the new. */
const Evidence = ({ appId, releaseId }: { appId: string; releaseId: string }): ReactNode => {
  const deploy = useQuery({ ...queries.deploy(appId, releaseId), retry: false })
  const evidence = deploy.data?.evidence
  if (!evidence) return null
  const requests = evidence.served_by_old + evidence.served_by_new + evidence.failed
  return (
    <Section title="What visitors noticed">
      {requests === 0 && <p className="mb-2 text-sm text-muted">No request came meanwhile.</p>}
      <dl className="card grid grid-cols-2 gap-4 p-4 sm:grid-cols-5">
        <Number name="Served by old dynos" value={evidence.served_by_old} />
        <Number name="Served by new dynos" value={evidence.served_by_new} />
        <Number name="Drained" value={evidence.drained} />
        <Number name="Failed" value={evidence.failed} />
        <Number name="Longest, ms" value={evidence.longest_ms} />
      </dl>
      {evidence.complete === false && (
        <p className="mt-2 text-sm text-muted">
          Not complete: a router ended before it had told all that it had counted.
        </p>
      )}
    </Section>
  )
}

const Number = ({ name, value }: { name: string; value: number }): ReactNode => (
  <div className="flex flex-col-reverse justify-end">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="text-xl font-semibold">{value.toLocaleString('en')}</dd>
  </div>
)
