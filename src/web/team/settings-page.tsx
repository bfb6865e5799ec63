import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { teamRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Team } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Checks, Choice, Field, Form } from '#/web/ui/form.tsx'
import { ALWAYS, PERMISSIONS } from '#/web/ui/permissions.ts'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useTeam } from './team-context.ts'

export const TeamSettingsPage = (): ReactNode => {
  const team = useTeam()
  const navigate = useNavigate()
  return (
    <>
      <Name key={team.name} team={team} />
      <ReviewApps team={team} />
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
        <Reason text={refusal} />
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

/** What its members may do on new review and test apps, for all its pipelines at once. */
const ReviewApps = ({ team }: { team: Team }): ReactNode => {
  const found = useQuery(queries.teamEphemeral(team.id))
  return (
    <Section title="Review and test apps">
      <Loaded query={found} what="permissions" lines={2}>
        {({ static_permissions: fixed }) => (
          <FixedPermissions team={team} fixed={fixed && fixed.map(({ name }) => name)} />
        )}
      </Loaded>
    </Section>
  )
}

type FixedProps = { team: Team; fixed: string[] | null }

const FixedPermissions = ({ team, fixed }: FixedProps): ReactNode => {
  const [edited, setEdited] = useState<string[] | null>()
  const chosen = edited === undefined ? fixed : edited
  const refusal = teamRefusal(team)
  const save = useMutation({
    mutationFn: () =>
      request('PATCH', `/teams/${team.id}/ephemeral-apps`, {
        body: { static_permissions: chosen },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      setEdited(undefined)
    },
  })
  return (
    <Form onSend={() => save.mutate()} className="card grid gap-4 p-4">
      <Choice
        label="What members may do on them"
        value={chosen === null ? EACH : ALL}
        disabled={refusal !== undefined}
        onChoose={(value) => setEdited(value === EACH ? null : ['view', 'deploy', 'operate'])}
        options={[
          { value: EACH, text: 'Each pipeline says so for itself' },
          { value: ALL, text: 'The same in all pipelines of the team' },
        ]}
      />
      {chosen && (
        <Checks
          label="They may"
          options={PERMISSIONS.map((one) => ({
            ...one,
            refusal: one.value === 'view' ? ALWAYS : undefined,
          }))}
          chosen={chosen}
          refusal={refusal}
          onChange={setEdited}
        />
      )}
      <Reason text={refusal} />
      <Problem error={save.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" refusal={refusal} isBusy={save.isPending}>
          Save
        </Button>
        <span role="status" className="text-sm text-muted">
          {save.isSuccess && edited === undefined && 'Saved'}
        </span>
      </div>
    </Form>
  )
}

const EACH = 'each'
const ALL = 'all'
