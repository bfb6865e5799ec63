import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App, Pipeline } from '#/web/data/types.ts'
import { count } from '#/web/text/words.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Choice, Form } from '#/web/ui/form.tsx'
import { Rename } from '#/web/ui/rename.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem, Reason } from '#/web/ui/states.tsx'
import { PathRules } from './path-rules.tsx'
import { usePipeline } from './pipeline-context.ts'
import { StageConfig } from './stage-config.tsx'
import { Webhooks } from './webhooks.tsx'

export const SettingsPage = (): ReactNode => {
  const pipeline = usePipeline()
  const navigate = useNavigate()
  return (
    <>
      <Name pipeline={pipeline} />
      <Owner pipeline={pipeline} />
      <Production pipeline={pipeline} />
      <StageConfig pipeline={pipeline} />
      <Webhooks pipeline={pipeline} />
      <PathRules pipeline={pipeline} />
      <Danger
        thing="pipeline"
        name={pipeline.name}
        about="Its apps stay and go on running, in no pipeline."
        refusal={usePipelineRefusal(pipeline)}
        onDelete={() => request('DELETE', `/pipelines/${pipeline.id}`)}
        onDeleted={async () => {
          await navigate({ to: '/' })
          await queryClient.invalidateQueries()
        }}
      />
    </>
  )
}

type Props = { pipeline: Pipeline }

const Name = ({ pipeline }: Props): ReactNode => {
  const navigate = useNavigate()
  return (
    <Rename
      thing="pipeline"
      name={pipeline.name}
      refusal={usePipelineRefusal(pipeline)}
      onRename={async (name) => {
        const renamed = await request<Pipeline>('PATCH', `/pipelines/${pipeline.id}`, {
          body: { name },
        })
        queryClient.setQueryData(queries.pipeline(renamed.name).queryKey, renamed)
        await navigate({ to: '/pipelines/$pipeline/settings', params: { pipeline: renamed.name } })
        await queryClient.invalidateQueries()
      }}
    />
  )
}

/** Whose it is in words; a person other than oneself is not named by the API. */
const useOwnerName = ({ owner }: Pipeline): string => {
  const account = useQuery(queries.account)
  const teams = useQuery(queries.teams)
  if (owner.type === 'team')
    return `The team ${teams.data?.find(({ id }) => id === owner.id)?.name ?? 'of somebody else'}`
  return account.data?.id === owner.id ? `You (${account.data.email})` : 'Somebody else'
}

const Owner = ({ pipeline }: Props): ReactNode => {
  const ownerName = useOwnerName(pipeline)
  const refusal = usePipelineRefusal(pipeline)
  const [isTransferring, setTransferring] = useState(false)
  return (
    <Section title="Owner">
      <div className="card grid gap-4 p-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0">{ownerName}</p>
          <Button refusal={refusal} onClick={() => setTransferring(true)}>
            Transfer…
          </Button>
        </div>
        <OwnedElsewhere pipeline={pipeline} />
      </div>
      {isTransferring && (
        <TransferSheet pipeline={pipeline} onClose={() => setTransferring(false)} />
      )}
    </Section>
  )
}

/** What the pipeline's owner does not own, and the one action that changes that. */
const OwnedElsewhere = ({ pipeline }: Props): ReactNode => {
  const apps = useQuery(queries.apps)
  const couplings = useQuery(queries.couplings)
  const account = useQuery(queries.account)
  const away = (couplings.data ?? [])
    .filter((one) => one.pipeline.id === pipeline.id && one.owned_elsewhere)
    .flatMap((one) => apps.data?.find(({ id }) => id === one.app.id) ?? [])
  const { owner } = pipeline
  const isAnothers = owner.type === 'user' && owner.id !== account.data?.id
  const transfer = useMutation({
    mutationFn: () => transferAll(away, owner.type === 'team' ? owner.id : '~'),
    onSettled: () => queryClient.invalidateQueries(),
  })
  if (away.length === 0 && !transfer.data?.length) return null
  return (
    <div className="grid gap-3 border-t pt-4">
      {away.length > 0 && (
        <>
          <p className="text-warn">
            {count(away.length, 'app')} in this pipeline {away.length === 1 ? 'has' : 'have'}{' '}
            another owner:
          </p>
          <ul className="grid gap-1">
            {away.map((app) => (
              <li key={app.id} className="break-words">
                <Link to="/apps/$app" params={{ app: app.name }} className="row-link">
                  {app.name}
                </Link>{' '}
                <span className="text-sm text-muted">of {app.team?.name ?? app.owner.email}</span>
              </li>
            ))}
          </ul>
          <Button
            refusal={isAnothers ? 'Only its owner may take apps over.' : undefined}
            isBusy={transfer.isPending}
            onClick={() => transfer.mutate()}
            className="justify-self-start"
          >
            Transfer {away.length === 1 ? 'it' : 'them'} to the pipeline’s owner
          </Button>
        </>
      )}
      {transfer.data?.map((error) => (
        <Problem key={error.message} error={error} />
      ))}
    </div>
  )
}

/** One after another; returns what did not work. */
const transferAll = async (apps: App[], owner: string): Promise<Error[]> => {
  const problems: Error[] = []
  for (const app of apps)
    await request('PATCH', `/teams/apps/${app.id}`, { body: { owner } }).catch((error: unknown) =>
      problems.push(new Error(`${app.name}: ${error instanceof Error ? error.message : 'no'}`)),
    )
  return problems
}

type NewOwner = { value: string; text: string }

const TransferSheet = ({ pipeline, onClose }: Props & { onClose: () => void }): ReactNode => {
  const isPersonal = pipeline.owner.type === 'user'
  const teams = useQuery(queries.teams)
  const members = useQuery({ ...queries.members(pipeline.owner.id), enabled: !isPersonal })
  const options: NewOwner[] = isPersonal
    ? (teams.data ?? [])
        .filter(({ role }) => role !== 'viewer' && role !== 'collaborator')
        .map(({ id, name }) => ({ value: id, text: name }))
    : (members.data ?? [])
        .filter(({ role }) => role !== 'viewer')
        .map(({ user }) => ({ value: user.id, text: user.email }))
  const [chosen, setChosen] = useState('')
  const owner = chosen || (options[0]?.value ?? '')
  const transfer = useMutation({
    mutationFn: () =>
      request('POST', '/pipeline-transfers', {
        body: {
          pipeline: pipeline.id,
          new_owner: { id: owner, type: isPersonal ? 'team' : 'user' },
        },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      onClose()
    },
  })
  return (
    <Sheet
      title={`Transfer ${pipeline.name}`}
      about="Its apps stay whose they are. Who gets what on new review and test apps, and who promotes into production, starts anew."
      onClose={onClose}
    >
      {options.length === 0 ? (
        <p className="text-muted">
          {isPersonal
            ? 'A personal pipeline can go to a team in which you may create apps; you are in none.'
            : 'A team’s pipeline can go to one of its members; there is none to choose.'}
        </p>
      ) : (
        <Form onSend={() => transfer.mutate()}>
          <Choice label="New owner" value={owner} onChoose={setChosen} options={options} />
          <Problem error={teams.error ?? members.error ?? transfer.error} />
          <Button
            type="submit"
            kind="main"
            isBusy={transfer.isPending}
            className="justify-self-start"
          >
            Transfer
          </Button>
        </Form>
      )}
    </Sheet>
  )
}

const Production = ({ pipeline }: Props): ReactNode => {
  const refusal = usePipelineRefusal(pipeline)
  const save = useMutation({
    mutationFn: (who: string) =>
      request('PATCH', `/pipelines/${pipeline.id}`, { body: { production_promotion: who } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['pipelines'] }),
  })
  if (pipeline.owner.type === 'user')
    return (
      <Section title="Production">
        <p className="card p-4">
          Only you, its owner, promote into production of a personal pipeline.
        </p>
      </Section>
    )
  return (
    <Section title="Production">
      <div className="card grid gap-3 p-4">
        <Choice
          label="Who promotes into production"
          value={save.isPending ? save.variables : pipeline.production_promotion}
          disabled={refusal !== undefined || save.isPending}
          title={refusal}
          onChoose={(who) => save.mutate(who)}
          options={[
            { value: 'admins', text: 'Admins of the team' },
            { value: 'deployers', text: 'Everybody with deploy on both apps' },
          ]}
        />
        <Reason text={refusal} />
        <Problem error={save.error} />
      </div>
    </Section>
  )
}
