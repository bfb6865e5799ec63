import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { BLOCKING_RULES } from '#/platform/promotion/finding-table.ts'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline, PipelineStage, StagePolicy } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Choice, Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useDraft } from '#/web/ui/use-draft.ts'

type Props = { pipeline: Pipeline; stage: PipelineStage }

/** What the stage asks of a change. */
export const PolicyForm = ({ pipeline, stage }: Props): ReactNode => {
  const policy = useQuery(queries.policy(pipeline.id, stage.id))
  return (
    <Section title="Policy">
      <Loaded query={policy} what="the policy" lines={4}>
        {(found) => <Fields pipeline={pipeline} stage={stage} policy={found} />}
      </Loaded>
    </Section>
  )
}

/** As it stands in the fields, before it is saved. */
type Draft = {
  approvals: string
  team: string
  hours: string
  promoters: string
  direct: boolean
  findings: string[]
  others: string
  minutes: string
}

const KNOWN = Object.keys(BLOCKING_RULES)

const draftOf = (policy: StagePolicy): Draft => ({
  approvals: String(policy.approvals),
  team: policy.approval_team?.id ?? '',
  hours: String(policy.approval_hours),
  promoters: policy.promoters ?? '',
  direct: policy.direct_deploys,
  findings: policy.blocking_findings.filter((code) => KNOWN.includes(code)),
  others: policy.blocking_findings.filter((code) => !KNOWN.includes(code)).join(' '),
  minutes: String(policy.auto_rollback_minutes),
})

/** What was changed here, and nothing else: somebody may have changed the rest meanwhile. */
const bodyOf = (edited: Partial<Draft>, draft: Draft) => ({
  approvals: numberOf(edited.approvals),
  approval_team: edited.team === '' ? null : edited.team,
  approval_hours: numberOf(edited.hours),
  promoters: edited.promoters === '' ? null : edited.promoters,
  direct_deploys: edited.direct,
  blocking_findings:
    edited.findings === undefined && edited.others === undefined
      ? undefined
      : [...draft.findings, ...draft.others.split(/[\s,]+/).filter((one) => one !== '')],
  auto_rollback_minutes: numberOf(edited.minutes),
})

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

const Fields = ({ pipeline, stage, policy }: Props & { policy: StagePolicy }): ReactNode => {
  const refusal = usePipelineRefusal(pipeline)
  const isOff = refusal !== undefined
  const { draft, edited, isEdited, set, saved } = useDraft(draftOf(policy))
  const save = useMutation({
    mutationFn: (sent: Partial<Draft>) =>
      request('PATCH', `/pipelines/${pipeline.id}/stages/${stage.id}/policy`, {
        body: bodyOf(sent, draft),
      }),
    onSuccess: async (_answer, sent) => {
      await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
      await queryClient.invalidateQueries({ queryKey: ['plan'] })
      saved(sent)
    },
  })
  return (
    <Form onSend={() => save.mutate(edited)} className="card grid gap-5 p-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field
          label="Approvals needed"
          hint="Of other people than who asks and who promotes."
          type="number"
          min={0}
          max={20}
          value={draft.approvals}
          disabled={isOff}
          onChange={(event) => set({ approvals: event.target.value })}
        />
        <ApprovalTeam pipeline={pipeline} chosen={draft.team} isOff={isOff} onChoose={set} />
        <Field
          label="Hours for which an approval counts"
          type="number"
          min={1}
          max={8760}
          value={draft.hours}
          disabled={isOff}
          onChange={(event) => set({ hours: event.target.value })}
        />
        <Choice
          label="Who promotes to it"
          value={draft.promoters}
          disabled={isOff}
          onChoose={(promoters) => set({ promoters })}
          options={[
            {
              value: '',
              text:
                stage.kind === 'production'
                  ? 'As the pipeline’s settings say'
                  : 'Everybody with deploy',
            },
            { value: 'admins', text: 'Admins only' },
            { value: 'deployers', text: 'Everybody with deploy on the apps' },
          ]}
        />
        <Field
          label="Minutes in which a crash is rolled back"
          hint="0: never by itself."
          type="number"
          min={0}
          max={60}
          value={draft.minutes}
          disabled={isOff}
          onChange={(event) => set({ minutes: event.target.value })}
        />
      </div>
      <Checks
        label="Other ways for code to come"
        options={[
          { value: 'direct', text: 'It may be pushed or built here, not only promoted to' },
        ]}
        chosen={draft.direct ? ['direct'] : []}
        refusal={refusal}
        onChange={(chosen) => set({ direct: chosen.length > 0 })}
      />
      <Checks
        label="Findings that block a promotion"
        options={Object.entries(BLOCKING_RULES).map(([value, text]) => ({ value, text }))}
        chosen={draft.findings}
        refusal={refusal}
        onChange={(findings) => set({ findings })}
      />
      <Field
        label="Other findings, by their codes"
        hint="Parted by spaces, such as paths.migrations or config.*"
        value={draft.others}
        disabled={isOff}
        onChange={(event) => set({ others: event.target.value })}
      />
      <Reason text={refusal} />
      <Problem error={save.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" refusal={refusal} isBusy={save.isPending}>
          Save policy
        </Button>
        <span role="status" className="text-sm text-muted">
          {save.isSuccess && !isEdited && 'Saved'}
        </span>
      </div>
    </Form>
  )
}

type ApprovalTeamProps = {
  pipeline: Pipeline
  chosen: string
  isOff: boolean
  onChoose: (change: { team: string }) => void
}

const ApprovalTeam = ({ pipeline, chosen, isOff, onChoose }: ApprovalTeamProps): ReactNode => {
  const teams = useQuery(queries.teams)
  const others = (teams.data ?? []).filter(({ id }) => id !== pipeline.owner.id)
  const isKnown = chosen === '' || others.some(({ id }) => id === chosen)
  return (
    <Choice
      label="Who approves"
      value={chosen}
      disabled={isOff}
      onChoose={(team) => onChoose({ team })}
      options={[
        {
          value: '',
          text:
            pipeline.owner.type === 'team'
              ? 'The pipeline’s own team'
              : 'Nobody: choose a team for a personal pipeline',
        },
        ...others.map(({ id, name }) => ({ value: id, text: `The team ${name}` })),
        ...(isKnown ? [] : [{ value: chosen, text: 'A team that you are not in' }]),
      ]}
    />
  )
}
