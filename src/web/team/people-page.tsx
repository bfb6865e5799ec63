import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { teamRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Invitation, Team, TeamMember } from '#/web/data/types.ts'
import { Ago, Icon, ICONS, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form, SmallChoice } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { ROLES } from './roles.ts'
import { useTeam } from './team-context.ts'

export const PeoplePage = (): ReactNode => (
  <>
    <div className="mb-4 empty:hidden">
      <Reason text={teamRefusal(useTeam())} />
    </div>
    <Members />
    <Invitations />
  </>
)

const ONLY_OWNERS = 'Only an owner of the team makes or removes an owner.'

const Members = (): ReactNode => {
  const team = useTeam()
  const members = useQuery(queries.members(team.id))
  const account = useQuery(queries.account)
  const [leaving, setLeaving] = useState<TeamMember>()
  return (
    <Section title="Members">
      <Loaded query={members} what="members">
        {(found) => (
          <ul className="card divide-y">
            {found.map((member) => (
              <MemberRow
                key={member.id}
                member={member}
                isOwn={member.email === account.data?.email}
                isLastOwner={
                  member.role === 'owner' &&
                  found.filter(({ role }) => role === 'owner').length === 1
                }
                onRemove={() => setLeaving(member)}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {leaving && (
        <RemoveSheet
          member={leaving}
          isOwn={leaving.email === account.data?.email}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Section>
  )
}

/** Why people of this role are not for the one who looks to change. */
const whyNot = (team: Team, role: string | null): string | undefined =>
  teamRefusal(team) ?? (role === 'owner' && team.role !== 'owner' ? ONLY_OWNERS : undefined)

type MemberRowProps = {
  member: TeamMember
  isOwn: boolean
  isLastOwner: boolean
  onRemove: () => void
}

const MemberRow = ({ member, isOwn, isLastOwner, onRemove }: MemberRowProps): ReactNode => {
  const team = useTeam()
  const change = useMutation({
    mutationFn: (role: string) =>
      request('PATCH', `/teams/${team.id}/members`, { body: { email: member.email, role } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['teams'] }),
  })
  const refusal = whyNot(team, member.role)
  const lastOwner = isLastOwner
    ? `${member.email} is the only owner of the team. Make somebody else an owner first.`
    : undefined
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">
            {member.email}
            {isOwn && <span className="font-normal text-muted"> (you)</span>}
          </span>
          <span className="text-sm text-muted">
            {member.user.name ?? ''} since <Ago time={member.created_at} />
          </span>
        </span>
        <SmallChoice
          label={`Role of ${member.email}`}
          value={change.isPending ? change.variables : (member.role ?? '')}
          refusal={refusal}
          isBusy={change.isPending}
          onChoose={(role) => change.mutate(role)}
          options={ROLES.map(({ value, text }) => ({
            value,
            text,
            isDisabled: value === 'owner' && team.role !== 'owner',
          }))}
        />
        <Button
          kind="danger"
          refusal={(isOwn ? undefined : refusal) ?? lastOwner}
          aria-label={isOwn ? `Leave ${team.name}` : `Remove ${member.email}`}
          onClick={onRemove}
        >
          {isOwn ? 'Leave' : 'Remove'}
        </Button>
      </div>
      <Problem error={change.error} />
    </li>
  )
}

type RemoveSheetProps = { member: TeamMember; isOwn: boolean; onClose: () => void }

const RemoveSheet = ({ member, isOwn, onClose }: RemoveSheetProps): ReactNode => {
  const team = useTeam()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/teams/${team.id}/members/${member.id}`),
    onSuccess: async () => {
      onClose()
      if (isOwn) await navigate({ to: '/teams' })
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Sheet
      title={isOwn ? `Leave ${team.name}` : `Remove ${member.email}`}
      about={
        isOwn
          ? 'You lose access to all of its apps, also what you were granted on single ones.'
          : `They lose access to all apps of ${team.name}, also what they were granted on single ones.`
      }
      onClose={onClose}
    >
      <div className="grid gap-4">
        <Problem error={remove.error} />
        <Button
          kind="danger"
          isBusy={remove.isPending}
          onClick={() => remove.mutate()}
          className="justify-self-start"
        >
          {isOwn ? 'Leave the team' : 'Remove from the team'}
        </Button>
      </div>
    </Sheet>
  )
}

const Invitations = (): ReactNode => {
  const team = useTeam()
  const invitations = useQuery(queries.invitations(team.id))
  const refusal = teamRefusal(team)
  const [isInviting, setInviting] = useState(false)
  return (
    <Section
      title="Invitations"
      action={
        <Button refusal={refusal} onClick={() => setInviting(true)}>
          <Icon path={ICONS.plus} />
          Invite
        </Button>
      }
    >
      <Loaded query={invitations} what="invitations" lines={1}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="No open invitations">
              <p className="text-muted">People join a team by accepting an invitation.</p>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {found.map((invitation) => (
                <InvitationRow
                  key={invitation.id}
                  invitation={invitation}
                  refusal={whyNot(team, invitation.role)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isInviting && <InviteSheet onClose={() => setInviting(false)} />}
    </Section>
  )
}

type InvitationRowProps = { invitation: Invitation; refusal: string | undefined }

const InvitationRow = ({ invitation, refusal }: InvitationRowProps): ReactNode => {
  const team = useTeam()
  const revoke = useMutation({
    mutationFn: () => request('DELETE', `/teams/${team.id}/invitations/${invitation.id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['teams'] }),
  })
  const { email } = invitation.user
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">{email}</span>
          <span className="text-sm text-muted">
            as {invitation.role}, by {invitation.invited_by.email}, good until{' '}
            {new Date(invitation.expires_at).toLocaleDateString()}
          </span>
        </span>
        <Button
          kind="danger"
          refusal={refusal}
          isBusy={revoke.isPending}
          aria-label={`Revoke the invitation of ${email}`}
          onClick={() => revoke.mutate()}
        >
          Revoke
        </Button>
      </div>
      <Problem error={revoke.error} />
    </li>
  )
}

const InviteSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const team = useTeam()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState('member')
  const invite = useMutation({
    mutationFn: () =>
      request<Invitation>('PUT', `/teams/${team.id}/invitations`, {
        body: { email: email.trim(), role },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['teams'] }),
  })
  const isMailed = invite.data !== undefined && invite.data.accept_url === undefined
  return (
    <Sheet
      title={`Invite to ${team.name}`}
      about="An invitation is bound to its address, and good for two weeks and for once."
      onClose={onClose}
    >
      <p role="status" className={isMailed ? 'mb-4' : 'sr-only'}>
        {isMailed && `The invitation is on its way to ${invite.data.user.email}.`}
      </p>
      {invite.data ? (
        <div className="grid gap-4">
          {invite.data.accept_url !== undefined && (
            <Once
              label={`Link for ${invite.data.user.email}`}
              about="This platform sends no mail: hand the link on. It is shown this once."
              text={invite.data.accept_url}
            />
          )}
          <Button onClick={onClose} className="justify-self-start">
            Done
          </Button>
        </div>
      ) : (
        <Form onSend={() => invite.mutate()}>
          <Field
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
          />
          <Choice
            label="Role"
            value={role}
            onChoose={setRole}
            options={ROLES.filter(({ value }) => value !== 'owner' || team.role === 'owner')}
          />
          <Problem error={invite.error} />
          <Button
            type="submit"
            kind="main"
            isBusy={invite.isPending}
            className="justify-self-start"
          >
            Invite
          </Button>
        </Form>
      )}
    </Sheet>
  )
}
