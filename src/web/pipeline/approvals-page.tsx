import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Approval, Pipeline, StagePolicy, Team } from '#/web/data/types.ts'
import { capitalised, clock, shortDigest } from '#/web/text/words.ts'
import { Ago, Mono, Section, Status, type Tone } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { usePipeline } from './pipeline-context.ts'

/** What waits for a yes, and what has had one or a no. */
export const ApprovalsPage = (): ReactNode => {
  const pipeline = usePipeline()
  const approvals = useQuery(queries.approvals(pipeline.id))
  return (
    <Loaded query={approvals} what="approvals" lines={4}>
      {(all) => {
        const waiting = all.filter(({ state }) => state === 'waiting')
        const others = all.filter(({ state }) => state !== 'waiting')
        return (
          <>
            <Section title="Waiting">
              {waiting.length === 0 ? (
                <Empty title="Nothing waits for approval">
                  <p className="text-muted">
                    Where a stage’s policy asks for approvals, whoever promotes asks for them in the
                    plan.
                  </p>
                </Empty>
              ) : (
                <List approvals={waiting} pipeline={pipeline} />
              )}
            </Section>
            {others.length > 0 && (
              <Section title="Earlier">
                <List approvals={others} pipeline={pipeline} />
              </Section>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

type ListProps = { approvals: Approval[]; pipeline: Pipeline }

const List = ({ approvals, pipeline }: ListProps): ReactNode => (
  <ul className="card divide-y">
    {approvals.map((approval) => (
      <Row key={approval.id} approval={approval} pipeline={pipeline} />
    ))}
  </ul>
)

const TONES: Record<Approval['state'], Tone> = {
  waiting: 'busy',
  approved: 'good',
  expired: 'none',
  withdrawn: 'none',
  refused: 'bad',
}

type RowProps = { approval: Approval; pipeline: Pipeline }

const Row = ({ approval, pipeline }: RowProps): ReactNode => {
  const { source, app, state, needed, approvals } = approval
  const isOpen = state === 'waiting' || state === 'approved'
  return (
    <li
      aria-label={`${source.app.name ?? 'An app'} v${source.release.version} to ${app.name}`}
      className="grid gap-2 px-4 py-3"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p className="min-w-0 font-medium break-words">
          {source.app.name ?? 'An app that you may not see'} v{source.release.version} → {app.name}
        </p>
        <Status tone={TONES[state]}>
          {capitalised(state)}
          {isOpen && ` (${approvals.length} of ${needed})`}
        </Status>
      </div>
      {approval.reason !== null && <p className="break-words">{approval.reason}</p>}
      <p className="text-sm break-words text-muted">
        Asked by {approval.requested_by.email} <Ago time={approval.created_at} /> · slug{' '}
        <Mono title={approval.digest}>{shortDigest(approval.digest)}</Mono>
        {isOpen && <> · until {clock(approval.expires_at)}</>}
        {approvals.length > 0 && (
          <> · approved by {approvals.map(({ user }) => user.email).join(', ')}</>
        )}
      </p>
      {approval.refused_by && (
        <p className="text-sm break-words text-bad">
          {approval.refused_by.email} refused it
          {approval.refusal !== null && <>: {approval.refusal}</>}
        </p>
      )}
      {isOpen && <Decide approval={approval} pipeline={pipeline} />}
    </li>
  )
}

const MAY_DEPLOY = ['owner', 'admin', 'member']

/** Why the signed-in account may not decide; undefined if it may, or as long as it is not known. */
const useJudgeRefusal = ({ app, requested_by: by }: Approval, pipeline: Pipeline) => {
  const account = useQuery(queries.account)
  const teams = useQuery(queries.teams)
  const couplings = useQuery(queries.couplings)
  const stage = couplings.data?.find((one) => one.app.id === app.id)?.pipeline_stage
  const policy = useQuery({
    ...queries.policy(pipeline.id, stage?.id ?? ''),
    enabled: stage !== undefined,
  })
  if (by.id === account.data?.id) return 'You asked for it: somebody else has to approve.'
  return teams.data && policy.data
    ? refusalOf(teams.data.find(({ id }) => id === approvingTeam(policy.data, pipeline)))
    : undefined
}

const approvingTeam = ({ approval_team: team }: StagePolicy, pipeline: Pipeline): string =>
  team?.id ?? pipeline.owner.id

const refusalOf = (team: Team | undefined): string | undefined => {
  if (!team) return 'Only members of the team that approves for this stage may.'
  return MAY_DEPLOY.includes(team.role)
    ? undefined
    : `Your role (${team.role}) in ${team.name} may not approve.`
}

const Decide = ({ approval, pipeline }: RowProps): ReactNode => {
  const account = useQuery(queries.account)
  const refusal = useJudgeRefusal(approval, pipeline)
  const mayChange = usePipelineRefusal(pipeline) === undefined
  const [isRefusing, setRefusing] = useState(false)
  const act = useMutation({
    mutationFn: (action: 'approve' | 'withdraw') =>
      request('POST', `/pipelines/${pipeline.id}/approvals/${approval.id}/actions/${action}`),
    onSettled: refresh,
  })
  const me = account.data?.id
  const isMine = approval.requested_by.id === me
  const hasApproved = approval.approvals.some(({ user }) => user.id === me)
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        {!hasApproved && (
          <Button
            kind="main"
            refusal={refusal}
            isBusy={act.isPending && act.variables === 'approve'}
            onClick={() => act.mutate('approve')}
          >
            Approve
          </Button>
        )}
        <Button kind="danger" refusal={refusal} onClick={() => setRefusing(true)}>
          Refuse…
        </Button>
        {(isMine || hasApproved || mayChange) && (
          <Button
            isBusy={act.isPending && act.variables === 'withdraw'}
            onClick={() => act.mutate('withdraw')}
          >
            {hasApproved ? 'Take back my approval' : 'Withdraw'}
          </Button>
        )}
      </div>
      <Reason text={refusal} />
      <Problem error={act.error} />
      {isRefusing && (
        <RefuseSheet approval={approval} pipeline={pipeline} onClose={() => setRefusing(false)} />
      )}
    </div>
  )
}

const refresh = async (): Promise<void> => {
  await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
  await queryClient.invalidateQueries({ queryKey: ['plan'] })
}

const RefuseSheet = ({
  approval,
  pipeline,
  onClose,
}: RowProps & { onClose: () => void }): ReactNode => {
  const [reason, setReason] = useState('')
  const refuse = useMutation({
    mutationFn: () =>
      request('POST', `/pipelines/${pipeline.id}/approvals/${approval.id}/actions/refuse`, {
        body: reason.trim() === '' ? {} : { reason: reason.trim() },
      }),
    onSuccess: async () => {
      onClose()
      await refresh()
    },
  })
  return (
    <Sheet
      title={`Refuse v${approval.source.release.version} for ${approval.app.name}`}
      about="Approvals that it has count no more; it can be asked for anew."
      onClose={onClose}
    >
      <Form onSend={() => refuse.mutate()}>
        <Field
          label="Why (for whoever asked)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
        <Problem error={refuse.error} />
        <Button
          type="submit"
          kind="danger"
          isBusy={refuse.isPending}
          className="justify-self-start"
        >
          Refuse
        </Button>
      </Form>
    </Sheet>
  )
}
