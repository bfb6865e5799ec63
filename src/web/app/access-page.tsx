import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { DeployTokens } from '#/web/account/deploy-tokens.tsx'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App, Collaborator } from '#/web/data/types.ts'
import { Icon, ICONS, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Field, Form } from '#/web/ui/form.tsx'
import { ALWAYS, PERMISSIONS } from '#/web/ui/permissions.ts'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Owner } from './owner.tsx'

export const AccessPage = (): ReactNode => {
  const { id, name } = useApp()
  return (
    <>
      <Collaborators />
      <Lock />
      <DeployTokens of={{ kind: 'app', id, name }} refusal={useRefusal(id, 'manage')} />
      <Owner />
    </>
  )
}

const Collaborators = (): ReactNode => {
  const app = useApp()
  const found = useQuery(queries.collaborators(app.id))
  const refusal = useRefusal(app.id, 'manage')
  const [editing, setEditing] = useState<Collaborator | 'new'>()
  return (
    <Section
      title="Who has access"
      action={
        <Button refusal={refusal} onClick={() => setEditing('new')}>
          <Icon path={ICONS.plus} />
          Add collaborator
        </Button>
      }
    >
      <div className="mb-3 empty:hidden">
        <Reason text={refusal} />
      </div>
      <Loaded query={found} what="who has access">
        {(people) => (
          <ul className="card divide-y">
            {people.map((one) => (
              <Person key={one.id} person={one} refusal={refusal} onEdit={() => setEditing(one)} />
            ))}
          </ul>
        )}
      </Loaded>
      {editing && (
        <PersonSheet
          person={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  )
}

type PersonProps = { person: Collaborator; refusal: string | undefined; onEdit: () => void }

const Person = ({ person, refusal, onEdit }: PersonProps): ReactNode => {
  const app = useApp()
  const account = useQuery(queries.account)
  const navigate = useNavigate()
  const { email } = person.user
  const isOwn = account.data?.email === email
  const isRoles = person.role !== 'collaborator'
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/collaborators/${person.id}`),
    onSuccess: async () => {
      if (isOwn) await navigate({ to: '/' })
      await queryClient.invalidateQueries()
    },
  })
  const byRole = isRoles ? `${email} has access by the role ${person.role}.` : undefined
  const owns = app.team === null && person.role === 'owner' ? `${email} owns the app.` : undefined
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">
            {email}
            {isOwn && <span className="font-normal text-muted"> (you)</span>}
          </span>
          <span className="text-sm text-muted">
            {person.role}: {person.permissions.map(({ name }) => name).join(', ')}
          </span>
        </span>
        <Button refusal={refusal ?? owns} aria-label={`Change ${email}`} onClick={onEdit}>
          Change
        </Button>
        <Button
          kind="danger"
          refusal={(isOwn ? undefined : refusal) ?? byRole}
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

type PersonSheetProps = { person: Collaborator | undefined; onClose: () => void }

const PersonSheet = ({ person, onClose }: PersonSheetProps): ReactNode => {
  const app = useApp()
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState<string[]>(
    person?.permissions.map(({ name }) => name) ?? ['view', 'deploy', 'operate'],
  )
  const save = useMutation({
    mutationFn: () =>
      person
        ? request('PATCH', `/apps/${app.id}/collaborators/${person.id}`, {
            body: { permissions: chosen },
          })
        : request('POST', `/apps/${app.id}/collaborators`, {
            body: { user: email.trim(), permissions: chosen },
          }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onClose()
    },
  })
  return (
    <Sheet
      title={person ? `Change ${person.user.email}` : `Add a collaborator to ${app.name}`}
      about="This adds to what their role in the team gives. Nobody grants what they do not hold themselves."
      onClose={onClose}
    >
      <Form onSend={() => save.mutate()}>
        {!person && (
          <Field
            label="E-mail address"
            hint="If there is no account of it yet, the grant waits for one."
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
          />
        )}
        <Checks
          label="May"
          options={PERMISSIONS.map((one) => ({ ...one, refusal: whyFixed(app, one.value) }))}
          chosen={chosen}
          onChange={setChosen}
        />
        <Problem error={save.error} />
        <Button type="submit" kind="main" isBusy={save.isPending} className="justify-self-start">
          {person ? 'Save' : 'Add'}
        </Button>
      </Form>
    </Sheet>
  )
}

const whyFixed = ({ team }: App, permission: string): string | undefined => {
  if (permission === 'view') return ALWAYS
  return team === null && permission === 'manage'
    ? 'Only its owner manages a personal app. Transfer it to a team to share that.'
    : undefined
}

const Lock = (): ReactNode => {
  const app = useApp()
  const byRole = useRefusal(app.id, 'manage')
  const refusal = byRole ?? (app.team === null ? 'Only apps of a team can be locked.' : undefined)
  const change = useMutation({
    mutationFn: () => request('PATCH', `/teams/apps/${app.id}`, { body: { locked: !app.locked } }),
    onSuccess: () => queryClient.invalidateQueries(),
  })
  return (
    <Section title="Lock">
      <div className="card grid gap-3 p-4">
        <p className="text-muted">
          {app.locked
            ? 'Locked: of the team only admins, and who was added here, get at it.'
            : 'While it is locked, members of the team have only what they were granted here.'}
        </p>
        <Reason text={refusal} />
        <Problem error={change.error} />
        <Button
          refusal={refusal}
          isBusy={change.isPending}
          onClick={() => change.mutate()}
          className="justify-self-start"
        >
          {app.locked ? 'Unlock' : 'Lock'}
        </Button>
      </div>
    </Section>
  )
}
