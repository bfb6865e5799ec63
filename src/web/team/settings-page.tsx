import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { teamRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Team, TeamPreferences } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Checks, Choice, Form } from '#/web/ui/form.tsx'
import { ALWAYS, PERMISSIONS } from '#/web/ui/permissions.ts'
import { Rename } from '#/web/ui/rename.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useDraft } from '#/web/ui/use-draft.ts'
import { useTeam } from './team-context.ts'

export const TeamSettingsPage = (): ReactNode => {
  const team = useTeam()
  const navigate = useNavigate()
  return (
    <>
      <Name team={team} />
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
  return (
    <Rename
      thing="team"
      name={team.name}
      refusal={teamRefusal(team)}
      onRename={async (name) => {
        const renamed = await request<Team>('PATCH', `/teams/${team.id}`, { body: { name } })
        queryClient.setQueryData(queries.team(renamed.name).queryKey, renamed)
        await navigate({ to: '/teams/$team/settings', params: { team: renamed.name } })
        await queryClient.invalidateQueries()
      }}
    />
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
  const { draft, edited, isEdited, set, saved } = useDraft({
    permissions: preferences.member_permissions.map(({ name }): string => name),
    joins: preferences.auto_join,
  })
  const refusal = teamRefusal(team)
  const save = useMutation({
    mutationFn: (sent: typeof edited) =>
      request('PATCH', `/teams/${team.id}/preferences`, {
        body: { member_permissions: sent.permissions, auto_join: sent.joins },
      }),
    onSuccess: async (_answer, sent) => {
      await queryClient.invalidateQueries()
      saved(sent)
    },
  })
  return (
    <Form onSend={() => save.mutate(edited)} className="card grid gap-4 p-4">
      <Checks
        label="What members may do on unlocked apps"
        options={PERMISSIONS.map((one) => ({ ...one, refusal: NEVER[one.value] }))}
        chosen={draft.permissions}
        refusal={refusal}
        onChange={(permissions) => set({ permissions })}
      />
      <Checks
        label="In new pipelines members"
        options={[{ value: JOIN, text: 'join new review and test apps by themselves' }]}
        chosen={draft.joins ? [JOIN] : []}
        refusal={refusal}
        onChange={(all) => set({ joins: all.length > 0 })}
      />
      <Reason text={refusal} />
      <Problem error={save.error} />
      <Save save={save} refusal={refusal} isEdited={isEdited} />
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
  const { draft, edited, isEdited, set, saved } = useDraft({ chosen: fixed })
  const { chosen } = draft
  const refusal = teamRefusal(team)
  const save = useMutation({
    mutationFn: (_edited: typeof edited) =>
      request('PATCH', `/teams/${team.id}/ephemeral-apps`, {
        body: { static_permissions: chosen },
      }),
    onSuccess: async (_answer, sent) => {
      await queryClient.invalidateQueries()
      saved(sent)
    },
  })
  return (
    <Form onSend={() => save.mutate(edited)} className="card grid gap-4 p-4">
      <Choice
        label="What members may do on them"
        value={chosen === null ? EACH : ALL}
        disabled={refusal !== undefined}
        onChoose={(value) => set({ chosen: value === EACH ? null : ['view', 'deploy', 'operate'] })}
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
          onChange={(all) => set({ chosen: all })}
        />
      )}
      <Reason text={refusal} />
      <Problem error={save.error} />
      <Save save={save} refusal={refusal} isEdited={isEdited} />
    </Form>
  )
}

const EACH = 'each'
const ALL = 'all'
