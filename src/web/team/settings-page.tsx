import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { teamRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Team, TeamPreferences } from '#/web/data/types.ts'
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
      <Preferences team={team} />
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

/** What the role of a member gives, and how new pipelines begin. */
const Preferences = ({ team }: { team: Team }): ReactNode => {
  const found = useQuery(queries.preferences(team.id))
  return (
    <Section title="Members">
      <Loaded query={found} what="preferences" lines={2}>
        {(preferences) => <PreferencesForm team={team} preferences={preferences} />}
      </Loaded>
    </Section>
  )
}

type PreferencesProps = { team: Team; preferences: TeamPreferences }

const PreferencesForm = ({ team, preferences }: PreferencesProps): ReactNode => {
  const [edited, setEdited] = useState<{ permissions?: string[]; joins?: boolean }>({})
  const {
    permissions = preferences.member_permissions.map(({ name }) => name),
    joins = preferences.auto_join,
  } = edited
  const refusal = teamRefusal(team)
  const save = useMutation({
    mutationFn: () =>
      request('PATCH', `/teams/${team.id}/preferences`, {
        body: { member_permissions: permissions, auto_join: joins },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      setEdited({})
    },
  })
  return (
    <Form onSend={() => save.mutate()} className="card grid gap-4 p-4">
      <Checks
        label="What members may do on unlocked apps"
        options={PERMISSIONS.map((one) => ({ ...one, refusal: NEVER[one.value] }))}
        chosen={permissions}
        refusal={refusal}
        onChange={(all) => setEdited({ ...edited, permissions: all })}
      />
      <Checks
        label="In new pipelines members"
        options={[{ value: JOIN, text: 'join new review and test apps by themselves' }]}
        chosen={joins ? [JOIN] : []}
        refusal={refusal}
        onChange={(all) => setEdited({ ...edited, joins: all.length > 0 })}
      />
      <Reason text={refusal} />
      <Problem error={save.error} />
      <Save save={save} refusal={refusal} isEdited={Object.keys(edited).length > 0} />
    </Form>
  )
}

const JOIN = 'join'
const NEVER: Record<string, string> = {
  view: ALWAYS,
  manage: 'Members never manage; make them admins.',
}

type SaveProps = {
  save: { isPending: boolean; isSuccess: boolean }
  refusal: string | undefined
  isEdited: boolean
}

const Save = ({ save, refusal, isEdited }: SaveProps): ReactNode => (
  <div className="flex items-center gap-3">
    <Button type="submit" refusal={refusal} isBusy={save.isPending}>
      Save
    </Button>
    <span role="status" className="text-sm text-muted">
      {save.isSuccess && !isEdited && 'Saved'}
    </span>
  </div>
)

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
      <Save save={save} refusal={refusal} isEdited={edited !== undefined} />
    </Form>
  )
}

const EACH = 'each'
const ALL = 'all'
