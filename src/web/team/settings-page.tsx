import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { teamRefusal } from '#/web/data/permission.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Team } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useTeam } from './team-context.ts'

export const TeamSettingsPage = (): ReactNode => {
  const team = useTeam()
  const navigate = useNavigate()
  return (
    <>
      <Name key={team.name} team={team} />
      <Danger
        thing="team"
        name={team.name}
        about="Only a team that owns no apps and no pipelines can be deleted."
        refusal={team.role === 'owner' ? undefined : 'Only an owner may delete the team.'}
        onDelete={() => request('DELETE', `/teams/${team.id}`)}
        onDeleted={async () => {
          await navigate({ to: '/teams' })
          await queryClient.invalidateQueries()
        }}
      />
    </>
  )
}

const Name = ({ team }: { team: Team }): ReactNode => {
  const navigate = useNavigate()
  const [name, setName] = useState(team.name)
  const refusal = teamRefusal(team)
  const rename = useMutation({
    mutationFn: () => request<Team>('PATCH', `/teams/${team.id}`, { body: { name: name.trim() } }),
    onSuccess: async (renamed) => {
      await navigate({ to: '/teams/$team/settings', params: { team: renamed.name } })
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Section title="Name">
      <Form onSend={() => rename.mutate()} className="card grid gap-3 p-4">
        <Field
          label="Name of the team"
          value={name}
          disabled={refusal !== undefined}
          title={refusal}
          onChange={(event) => setName(event.target.value)}
        />
        <Problem error={rename.error} />
        <Button
          type="submit"
          refusal={refusal}
          isBusy={rename.isPending}
          disabled={name.trim() === team.name || name.trim() === ''}
          className="justify-self-start"
        >
          Rename
        </Button>
      </Form>
    </Section>
  )
}
