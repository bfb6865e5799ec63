import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { EPHEMERAL_ACTIONS } from '#/platform/pipeline/ephemeral-table.ts'
import { DeployTokens } from '#/web/account/deploy-tokens.tsx'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { EphemeralCollaborator, Pipeline } from '#/web/data/types.ts'
import { capitalised } from '#/web/text/words.ts'
import { Icon, ICONS, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Field, Form } from '#/web/ui/form.tsx'
import { ALWAYS, PERMISSIONS } from '#/web/ui/permissions.ts'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useDraft } from '#/web/ui/use-draft.ts'
import { usePipeline } from './pipeline-context.ts'

/** Who gets what on new review and test apps. */
export const AccessPage = (): ReactNode => {
  const pipeline = usePipeline()
  return (
    <>
      <p className="mb-6 max-w-2xl text-muted">
        What people may do on the review and test apps of this pipeline. Changes are about the apps
        that come later.
      </p>
      <AutoJoin pipeline={pipeline} />
      <Collaborators pipeline={pipeline} />
      <DeployTokens
        of={{ kind: 'pipeline', id: pipeline.id, name: pipeline.name }}
        refusal={usePipelineRefusal(pipeline)}
      />
      <Table />
    </>
  )
}

const OPTIONS = PERMISSIONS.map((one) => ({
  ...one,
  refusal: one.value === 'view' ? ALWAYS : undefined,
}))

const useJoinRefusal = (pipeline: Pipeline): string | undefined =>
  usePipelineRefusal(pipeline) ??
  (pipeline.owner.type === 'user'
    ? 'A personal pipeline has no members who could join.'
    : undefined)

const AutoJoin = ({ pipeline }: { pipeline: Pipeline }): ReactNode => {
  const {
    collaborators_enabled: isOn,
    collaborator_permissions: permissions,
    permissions_fixed_by_team: isFixed,
  } = pipeline.ephemeral_apps
  const { draft, edited, set, saved } = useDraft({
    joins: isOn,
    chosen: permissions.map(({ name }): string => name),
  })
  const { joins, chosen } = draft
  const refusal = useJoinRefusal(pipeline)
  const fixed = isFixed ? 'The team has fixed the permissions for all its pipelines.' : undefined
  const save = useMutation({
    mutationFn: (sent: typeof edited) =>
      request('PATCH', `/pipelines/${pipeline.id}`, {
        body: {
          ephemeral_apps: {
            collaborators_enabled: sent.joins,
            collaborator_permissions: isFixed ? undefined : sent.chosen,
          },
        },
      }),
    onSuccess: async (_answer, sent) => {
      await refresh()
      saved(sent)
    },
  })
  return (
    <Section title="Auto-join">
      <Form onSend={() => save.mutate(edited)} className="card grid gap-4 p-4">
        <Checks
          label="Members of the team"
          options={[{ value: 'join', text: 'join new review and test apps by themselves' }]}
          chosen={joins ? ['join'] : []}
          refusal={refusal}
          onChange={(all) => set({ joins: all.length > 0 })}
        />
        {pipeline.owner.type === 'team' && (
          <Checks
            label="What they may do there"
            options={OPTIONS}
            chosen={chosen}
            refusal={refusal ?? fixed ?? (joins ? undefined : 'Nobody joins by themselves.')}
            onChange={(all) => set({ chosen: all })}
          />
        )}
        <Reason text={refusal ?? fixed} />
        <Problem error={save.error} />
        <div className="flex items-center gap-3">
          <Button type="submit" refusal={refusal} isBusy={save.isPending}>
            Save
          </Button>
          <span role="status" className="text-sm text-muted">
            {save.isSuccess && 'Saved'}
          </span>
        </div>
      </Form>
    </Section>
  )
}

const Collaborators = ({ pipeline }: { pipeline: Pipeline }): ReactNode => {
  const found = useQuery(queries.ephemeralCollaborators(pipeline.id))
  const refusal = usePipelineRefusal(pipeline)
  const [editing, setEditing] = useState<EphemeralCollaborator | 'new'>()
  return (
    <Section
      title="Added one by one"
      action={
        <Button refusal={refusal} onClick={() => setEditing('new')}>
          <Icon path={ICONS.plus} />
          Add somebody
        </Button>
      }
    >
      <Loaded query={found} what="who was added" lines={1}>
        {(people) =>
          people.length === 0 ? (
            <Empty title="Nobody was added one by one" />
          ) : (
            <ul className="card divide-y">
              {people.map((one) => (
                <Person key={one.id} person={one} onEdit={() => setEditing(one)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {editing && (
        <PersonSheet
          pipeline={pipeline}
          person={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  )
}

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['pipelines'] })

type PersonProps = { person: EphemeralCollaborator; onEdit: () => void }

const Person = ({ person, onEdit }: PersonProps): ReactNode => {
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/ephemeral-app-collaborators/${person.id}`),
    onSettled: refresh,
  })
  const { email } = person.user
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">{email}</span>
          <span className="text-sm text-muted">
            {person.permissions.map(({ name }) => name).join(', ')}
          </span>
        </span>
        <Button aria-label={`Change ${email}`} onClick={onEdit}>
          Change
        </Button>
        <Button
          kind="danger"
          isBusy={remove.isPending}
          aria-label={`Remove ${email}`}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      <Problem error={remove.error} />
    </li>
  )
}

type PersonSheetProps = {
  pipeline: Pipeline
  person: EphemeralCollaborator | undefined
  onClose: () => void
}

const PersonSheet = ({ pipeline, person, onClose }: PersonSheetProps): ReactNode => {
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState(
    person?.permissions.map(({ name }) => name as string) ?? ['view'],
  )
  const save = useMutation({
    mutationFn: () =>
      person
        ? request('PATCH', `/ephemeral-app-collaborators/${person.id}`, {
            body: { permissions: chosen },
          })
        : request('POST', '/ephemeral-app-collaborators', {
            body: { pipeline: pipeline.id, user: email.trim(), permissions: chosen },
          }),
    onSuccess: async () => {
      await refresh()
      onClose()
    },
  })
  return (
    <Sheet
      title={person ? `Change ${person.user.email}` : 'Add somebody'}
      about={`To new review and test apps of ${pipeline.name}.`}
      onClose={onClose}
    >
      <Form onSend={() => save.mutate()}>
        {!person && (
          <Field
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
          />
        )}
        <Checks label="May" options={OPTIONS} chosen={chosen} onChange={setChosen} />
        <Problem error={save.error} />
        <Button type="submit" kind="main" isBusy={save.isPending} className="justify-self-start">
          {person ? 'Save' : 'Add'}
        </Button>
      </Form>
    </Sheet>
  )
}

const Table = (): ReactNode => (
  <Section title="Which permission allows what">
    <div className="card overflow-x-auto" tabIndex={0} role="region" aria-label="Permissions">
      <table className="w-full text-left text-sm">
        <thead>
          <tr className="border-b">
            <th scope="col" className="px-4 py-2 font-medium">
              To
            </th>
            {PERMISSIONS.map(({ value }) => (
              <th key={value} scope="col" className="px-3 py-2 text-center font-medium">
                {value}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {Object.entries(EPHEMERAL_ACTIONS).map(([action, needed]) => (
            <tr key={action}>
              <th scope="row" className="px-4 py-2 font-normal">
                {capitalised(action)}
              </th>
              {PERMISSIONS.map(({ value }) => (
                <td key={value} className="px-3 py-2 text-center">
                  {(needed as readonly string[]).includes(value) ? (
                    <span>yes</span>
                  ) : (
                    <span className="text-muted">–</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    <p className="mt-2 text-sm text-muted">Any one of the marked permissions will do.</p>
  </Section>
)
