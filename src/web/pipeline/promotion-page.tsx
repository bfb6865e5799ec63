import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DeploySteps } from '#/web/app/deploy-steps.tsx'
import { request } from '#/web/data/client.ts'
import { useRefusalOnAny } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { PromotionPlan, PromotionRecord } from '#/web/data/types.ts'
import { count, shortDigest } from '#/web/text/words.ts'
import { Ago, Mono, Outcome, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { usePipeline } from './pipeline-context.ts'
import { Fact, PlanDetails, ReleaseIdentity } from './plan-details.tsx'
import { PromotionOutcome } from './promotions-page.tsx'

/** The record of one promotion: what it changed, who let it through, how it went. */
export const PromotionPage = (): ReactNode => {
  const { promotion: id = '' } = useParams({ strict: false })
  const record = useQuery(queries.promotion(id))
  return (
    <Loaded query={record} what="the promotion" lines={5}>
      {(promotion) => <Record key={promotion.id} promotion={promotion} />}
    </Loaded>
  )
}

type Props = { promotion: PromotionRecord }

const Record = ({ promotion }: Props): ReactNode => {
  const { number, plan, targets } = promotion
  return (
    <>
      <section aria-label={`Promotion #${number}`} className="mb-8 grid gap-3">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
          <h2 className="text-lg font-semibold">Promotion #{number}</h2>
          <p role="status">
            <PromotionOutcome targets={targets} />
          </p>
        </div>
        <Facts promotion={promotion} />
        <Actions promotion={promotion} />
      </section>
      {targets.map((target) => (
        <Section key={target.app.id} title={target.app.name ?? 'An app that you may not see'}>
          <TargetRecord
            target={target}
            digest={promotion.digest}
            plan={plan?.targets.find(({ app }) => app.id === target.app.id)}
          />
        </Section>
      ))}
    </>
  )
}

const Facts = ({ promotion }: Props): ReactNode => {
  const pipeline = usePipeline()
  const apps = useQuery(queries.apps)
  const { plan, created_by: by, retry_of: first } = promotion
  const source = apps.data?.find(({ id }) => id === promotion.source.app.id)
  return (
    <dl className="grid gap-1 text-sm">
      <Fact name="By">
        {by.email}, <Ago time={promotion.created_at} />
      </Fact>
      <Fact name="From">
        {source ? (
          <Link to="/apps/$app" params={{ app: source.name }} className="link">
            {source.name}
          </Link>
        ) : (
          (plan?.source.app.name ?? 'an app that you may not see')
        )}{' '}
        {plan?.source.release ? (
          <ReleaseIdentity release={plan.source.release} />
        ) : (
          <>
            slug <Mono title={promotion.digest}>{shortDigest(promotion.digest)}</Mono>
          </>
        )}
      </Fact>
      {promotion.all_or_nothing && (
        <Fact name="All or nothing">one target that fails undoes the others</Fact>
      )}
      {first && (
        <Fact name="Tries again">
          <Link
            to="/pipelines/$pipeline/promotions/$promotion"
            params={{ pipeline: pipeline.name, promotion: first.id }}
            className="link"
          >
            an earlier promotion
          </Link>
        </Fact>
      )}
    </dl>
  )
}

const Actions = ({ promotion: { id, targets } }: Props): ReactNode => {
  const pipeline = usePipeline()
  const navigate = useNavigate()
  const refusal = useRefusalOnAny(
    targets.map(({ app }) => app.id),
    'deploy',
  )
  const path = `/pipeline-promotions/${id}/actions`
  const refresh = (): Promise<void> => queryClient.invalidateQueries()
  const cancel = useMutation({
    mutationFn: () => request('POST', `${path}/cancel`),
    onSettled: refresh,
  })
  const retry = useMutation({
    mutationFn: () => request<PromotionRecord>('POST', `${path}/retry`),
    onSuccess: async (made) => {
      await navigate({
        to: '/pipelines/$pipeline/promotions/$promotion',
        params: { pipeline: pipeline.name, promotion: made.id },
      })
      await refresh()
    },
  })
  const isPending = targets.some(({ status }) => status === 'pending')
  const hasFailed = !isPending && targets.some(({ status }) => status === 'failed')
  if (!isPending && !hasFailed) return null
  return (
    <div className="grid gap-2">
      {isPending ? (
        <Button
          kind="danger"
          refusal={refusal}
          isBusy={cancel.isPending}
          onClick={() => cancel.mutate()}
          className="justify-self-start"
        >
          Cancel promotion
        </Button>
      ) : (
        <Button
          kind="main"
          refusal={refusal}
          isBusy={retry.isPending}
          onClick={() => retry.mutate()}
          className="justify-self-start"
        >
          Try again
        </Button>
      )}
      <Reason text={refusal} />
      <Problem error={cancel.error ?? retry.error} />
    </div>
  )
}

type Target = PromotionRecord['targets'][number]
type TargetProps = {
  target: Target
  digest: string
  plan: PromotionPlan['targets'][number] | undefined
}

const TargetRecord = ({ target, digest, plan }: TargetProps): ReactNode => {
  const { app, release, previous_release: before } = target
  const isOver = target.status !== 'pending'
  return (
    <div className="card grid gap-x-8 gap-y-5 p-4 lg:grid-cols-2">
      <div className="grid min-w-0 content-start gap-3">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
          <p>
            {before && `v${before.version} → `}
            {app.name === null ? (
              `v${release.version}`
            ) : (
              <Link
                to="/apps/$app/releases/$version"
                params={{ app: app.name, version: String(release.version) }}
                className="link"
              >
                v{release.version}
              </Link>
            )}
          </p>
          <Outcome status={target.status} />
        </div>
        {target.error_message !== null && <Problem error={new Error(target.error_message)} />}
        <DeploySteps appId={app.id} releaseId={release.id} />
        <Proofs target={target} digest={digest} />
      </div>
      <div className="grid min-w-0 content-start gap-3">
        <h3 className="font-medium">{isOver ? 'What it changed' : 'What it changes'}</h3>
        {plan ? (
          <PlanDetails target={plan} isOver={isOver} />
        ) : (
          <p className="text-sm text-muted">
            There is no plan of it: an app has been destroyed, or it is still being written down.
          </p>
        )}
      </div>
    </div>
  )
}

const Proofs = ({ target, digest }: Pick<TargetProps, 'target' | 'digest'>): ReactNode => {
  const { approvals, freeze_override: override, rollback, evidence } = target
  return (
    <dl className="grid gap-1 text-sm">
      <Fact name="Slug before">
        {target.digest_before === null ? (
          'none'
        ) : (
          <Mono title={target.digest_before}>{shortDigest(target.digest_before)}</Mono>
        )}
      </Fact>
      <Fact name="Slug after">
        <Mono title={digest}>{shortDigest(digest)}</Mono>
      </Fact>
      {approvals.length > 0 && (
        <Fact name="Approved by">
          {approvals.map(({ email, at }, index) => (
            <span key={email}>
              {index > 0 && ', '}
              {email} <Ago time={at} />
            </span>
          ))}
        </Fact>
      )}
      {override !== null && <Fact name="In spite of a freeze">{override}</Fact>}
      {rollback && (
        <Fact name="Rolled back">
          {rollback.release && `by v${rollback.release.version}`} {rollback.note}
        </Fact>
      )}
      {evidence && <Fact name="What visitors noticed">{noticed(evidence)}</Fact>}
    </dl>
  )
}

const noticed = (evidence: NonNullable<Target['evidence']>): string => {
  const { served_by_old: old, served_by_new: fresh, failed, longest_ms: longest } = evidence
  const missing = evidence.complete === false ? ' (a router ended before it had told all)' : ''
  if (old + fresh + failed === 0) return `nobody came while the dynos changed over${missing}`
  return `${failed === 0 ? 'no request failed' : `${count(failed, 'request')} failed`}, ${old} answered by the old dynos and ${fresh} by the new; the slowest took ${longest} ms${missing}`
}
