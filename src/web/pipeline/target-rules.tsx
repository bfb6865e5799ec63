import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal, useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Approval, Pipeline, PromotionPlan } from '#/web/data/types.ts'
import { clock, count } from '#/web/text/words.ts'
import { Ago, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Problem, Reason } from '#/web/ui/states.tsx'
import { isBlocking } from './promotion-refusal.ts'

type Target = PromotionPlan['targets'][number]
type Policy = NonNullable<Target['policy']>
type Source = PromotionPlan['source']
type RulesProps = { pipeline: Pipeline; source: Source; target: Target }

/** What the target's stage asks for before it is changed, and how to get it. */
export const RulesOfTarget = ({ pipeline, source, target }: RulesProps): ReactNode => {
  const { policy, findings } = target
  if (!policy) return null
  const blocking = findings.filter((finding) => isBlocking(policy.blocking_findings, finding))
  const { approvals_needed: needed, freeze } = policy
  if (needed === 0 && !freeze.now && !freeze.next && blocking.length === 0) return null
  return (
    <section aria-label={`What ${target.app.name} asks for`} className="grid gap-3 border-t pt-3">
      {blocking.length > 0 && (
        <div>
          <Status tone="bad">
            The policy lets {count(blocking.length, 'finding')} not through
          </Status>
          <p className="text-sm break-words text-muted">
            {blocking.map(({ message }) => message).join('; ')}
          </p>
        </div>
      )}
      {needed > 0 && <Approvals pipeline={pipeline} source={source} target={target} />}
      <Freezes pipeline={pipeline} stage={target.stage} freeze={freeze} />
    </section>
  )
}

const Approvals = ({ pipeline, source, target }: RulesProps): ReactNode => {
  const approvals = useQuery(queries.approvals(pipeline.id))
  const digest = source.release?.digest
  const { policy } = target
  const open = approvals.data?.find(
    (one) =>
      one.app.id === target.app.id &&
      one.digest === digest &&
      (one.state === 'waiting' || one.state === 'approved'),
  )
  const refused = approvals.data?.find(
    (one) => one.app.id === target.app.id && one.digest === digest && one.state === 'refused',
  )
  if (!policy) return null
  const { approvals_needed: needed, approvals_given: given } = policy
  const isEnough = given >= needed
  return (
    <div className="grid gap-2">
      <Status tone={isEnough ? 'good' : 'warn'}>
        Needs {count(needed, 'approval')} (has {given})
      </Status>
      {open ? <Asked approval={open} /> : refused && <Refused approval={refused} />}
      {!open && !isEnough && <Ask pipeline={pipeline} source={source} target={target} />}
      <Problem error={approvals.error} />
    </div>
  )
}

const Asked = ({ approval }: { approval: Approval }): ReactNode => (
  <p className="text-sm break-words text-muted">
    {approval.requested_by.email} asked for it <Ago time={approval.created_at} />
    {approval.reason !== null && <>: {approval.reason}</>}
    {approval.approvals.length > 0 && (
      <>
        <br />
        Approved by {approval.approvals.map(({ user }) => user.email).join(', ')}
      </>
    )}
  </p>
)

const Refused = ({ approval: { refused_by: by, refusal } }: { approval: Approval }): ReactNode => (
  <p className="text-sm break-words text-warn">
    {by?.email} refused it{refusal !== null && <>: {refusal}</>}
  </p>
)

const Ask = ({ pipeline, source, target }: RulesProps): ReactNode => {
  const [reason, setReason] = useState('')
  const refusal = useRefusal(source.app.id, 'deploy')
  const ask = useMutation({
    mutationFn: () =>
      request('POST', `/pipelines/${pipeline.id}/approvals`, {
        body: {
          source: {
            app: { id: source.app.id },
            ...(source.release ? { release: { id: source.release.id } } : {}),
          },
          targets: [{ app: { id: target.app.id } }],
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        },
      }),
    onSuccess: refresh,
  })
  return (
    <Form onSend={() => ask.mutate()} className="grid gap-2">
      <Field
        label="Why (for those who approve)"
        value={reason}
        maxLength={500}
        disabled={refusal !== undefined}
        onChange={(event) => setReason(event.target.value)}
      />
      <Reason text={refusal} />
      <Problem error={ask.error} />
      <Button type="submit" refusal={refusal} isBusy={ask.isPending} className="justify-self-start">
        Ask for approval
      </Button>
    </Form>
  )
}

const refresh = async (): Promise<void> => {
  await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
  await queryClient.invalidateQueries({ queryKey: ['plan'] })
}

type FreezesProps = { pipeline: Pipeline; stage: Target['stage']; freeze: Policy['freeze'] }

const Freezes = ({ pipeline, stage, freeze: { now, next, override } }: FreezesProps): ReactNode => {
  if (now)
    return (
      <div className="grid gap-2">
        <Status tone={override ? 'warn' : 'bad'}>
          Frozen until {clock(now.until, now.time_zone)}
        </Status>
        {now.reason !== null && <p className="text-sm break-words text-muted">{now.reason}</p>}
        {override ? (
          <p className="text-sm break-words">
            You have overridden it until {clock(override.expires_at)}: {override.reason}
          </p>
        ) : (
          <Override pipeline={pipeline} stage={stage} />
        )}
      </div>
    )
  if (!next) return null
  return (
    <p className="text-sm text-muted">
      Not frozen now; next from {clock(next.from, next.time_zone)} until{' '}
      {clock(next.until, next.time_zone)}
    </p>
  )
}

/** For as long as the API lets it be; what is done meanwhile keeps the reason. */
const Override = ({
  pipeline,
  stage,
}: {
  pipeline: Pipeline
  stage: { id: string }
}): ReactNode => {
  const [reason, setReason] = useState('')
  const refusal = usePipelineRefusal(pipeline)
  const override = useMutation({
    mutationFn: () =>
      request('POST', `/pipelines/${pipeline.id}/freeze-overrides`, {
        body: { stage: stage.id, reason: reason.trim() },
      }),
    onSuccess: refresh,
  })
  return (
    <Form onSend={() => override.mutate()} className="grid gap-2">
      <Field
        label="Why it cannot wait (kept in the record)"
        value={reason}
        maxLength={500}
        disabled={refusal !== undefined}
        onChange={(event) => setReason(event.target.value)}
      />
      <Reason text={refusal} />
      <Problem error={override.error} />
      <Button
        type="submit"
        kind="danger"
        refusal={refusal}
        disabled={reason.trim() === ''}
        isBusy={override.isPending}
        className="justify-self-start"
      >
        Override the freeze for 30 minutes
      </Button>
    </Form>
  )
}
