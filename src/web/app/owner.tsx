import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App, Team, TeamMember } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

/** Whose the app is, and how it becomes somebody else's. */
export const Owner = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'manage')
  const transfers = useQuery(queries.transfers)
  const [isTransferring, setTransferring] = useState(false)
  const pending = transfers.data?.find(
    (transfer) => transfer.app.id === app.id && transfer.state === 'pending',
  )
  const cancel = useMutation({
    mutationFn: (id: string) => request('DELETE', `/account/app-transfers/${id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['transfers'] }),
  })
  return (
    <Section title="Owner">
      <div className="card flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="min-w-0 break-words">
          {app.team ? `The team ${app.team.name}` : app.owner.email}
          {pending && (
            <span className="block text-sm text-warn">
              Offered to {pending.recipient.email}, who has not answered yet.
            </span>
          )}
        </p>
        {pending ? (
          <Button isBusy={cancel.isPending} onClick={() => cancel.mutate(pending.id)}>
            Take the offer back
          </Button>
        ) : (
          <Button refusal={refusal} onClick={() => setTransferring(true)}>
            Transfer…
          </Button>
        )}
        <Problem error={cancel.error} />
      </div>
      {isTransferring && <TransferSheet onClose={() => setTransferring(false)} />}
    </Section>
  )
}

const PERSON = 'person'

const newOwners = (
  { team }: App,
  teams: Team[],
  members: TeamMember[],
): { value: string; text: string }[] => [
  ...teams
    .filter(({ id, role }) => id !== team?.id && role !== 'viewer' && role !== 'collaborator')
    .map(({ id, name }) => ({ value: id, text: `The team ${name}` })),
  ...(team
    ? members.map(({ user }) => ({ value: user.id, text: user.email }))
    : [{ value: PERSON, text: 'Another person, once they accept' }]),
]

const TransferSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const app = useApp()
  const navigate = useNavigate()
  const teams = useQuery(queries.teams)
  const members = useQuery({ ...queries.members(app.team?.id ?? ''), enabled: app.team !== null })
  const [email, setEmail] = useState('')
  const options = newOwners(app, teams.data ?? [], members.data ?? [])
  const [chosen, setChosen] = useState('')
  const owner = chosen || (options[0]?.value ?? '')
  const transfer = useMutation({
    mutationFn: () =>
      owner === PERSON
        ? request('POST', '/account/app-transfers', {
            body: { app: app.id, recipient: email.trim() },
          })
        : request('PATCH', `/teams/apps/${app.id}`, { body: { owner } }),
    onSuccess: async () => {
      onClose()
      await queryClient.invalidateQueries()
      // Whoever gives it away may see it no more.
      await request('GET', `/apps/${app.id}`).catch(() => navigate({ to: '/' }))
    },
  })
  return (
    <Sheet
      title={`Transfer ${app.name}`}
      about="Code, config, add-ons, domains and pipeline come along; collaborators stay."
      onClose={onClose}
    >
      <Form onSend={() => transfer.mutate()}>
        <Choice label="New owner" value={owner} onChoose={setChosen} options={options} />
        {owner === PERSON && (
          <Field
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
          />
        )}
        <Problem error={teams.error ?? members.error ?? transfer.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={transfer.isPending}
          disabled={owner === ''}
          className="justify-self-start"
        >
          {owner === PERSON ? 'Offer it' : 'Transfer'}
        </Button>
      </Form>
    </Sheet>
  )
}
