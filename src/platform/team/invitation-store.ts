import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId, sha256 } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Invitation } from './invitation.ts'
import type { Role } from './team.ts'

const living = (db: Db) =>
  db
    .selectFrom('teamInvitations')
    .innerJoin('teams', 'teams.id', 'teamInvitations.teamId')
    .innerJoin('accounts as inviters', 'inviters.id', 'teamInvitations.invitedBy')
    .select([
      'teamInvitations.id',
      'teamInvitations.teamId',
      'teams.name as teamName',
      'teamInvitations.email',
      'teamInvitations.role',
      'teamInvitations.byMail',
      'inviters.id as inviterId',
      'inviters.email as inviterEmail',
      'inviters.name as inviterName',
      'teamInvitations.expiresAt',
      'teamInvitations.createdAt',
      'teamInvitations.updatedAt',
    ])
    .where('teamInvitations.expiresAt', '>', sql<Date>`now()`)
    .orderBy('teamInvitations.email')

type Row = Omit<Invitation, 'invitedBy'> & {
  inviterId: string
  inviterEmail: string
  inviterName: string | null
}

const asInvitation = ({ inviterId, inviterEmail, inviterName, ...row }: Row): Invitation => ({
  ...row,
  invitedBy: { id: inviterId, email: inviterEmail, name: inviterName },
})

export const listInvitations = async (db: Db, teamId: string): Promise<Invitation[]> =>
  (await living(db).where('teamInvitations.teamId', '=', teamId).execute()).map(asInvitation)

/** By id or address. */
export const findInvitation = async (
  db: Db,
  teamId: string,
  ref: string,
): Promise<Invitation | undefined> => {
  const found = await living(db)
    .where('teamInvitations.teamId', '=', teamId)
    .where((eb) =>
      isId(ref)
        ? eb('teamInvitations.id', '=', ref)
        : eb('teamInvitations.email', '=', ref.toLowerCase()),
    )
    .executeTakeFirst()
  return found && asInvitation(found)
}

/** The one with that secret, whoever asks. */
export const findInvitationByToken = async (
  db: Db,
  token: string,
): Promise<Invitation | undefined> => {
  const found = await living(db)
    .where('teamInvitations.tokenHash', '=', sha256(token))
    .executeTakeFirst()
  return found && asInvitation(found)
}

/** The one with that secret, if it is for the actor's address. */
export const findInvitationFor = async (
  db: Db,
  actor: Actor,
  token: string,
): Promise<Invitation | undefined> => {
  const found = await living(db)
    .innerJoin('accounts', (join) => join.on('accounts.id', '=', actor.accountId))
    .where('teamInvitations.email', '=', sql<string>`lower(accounts.email)`)
    .where('teamInvitations.tokenHash', '=', sha256(token))
    .executeTakeFirst()
  return found && asInvitation(found)
}

/** One for each address: a new one takes the place of the last, whose secret is then no good. */
export const putInvitation = async (
  tx: Db,
  input: {
    teamId: string
    email: string
    role: Role
    token: string
    byMail: boolean
    invitedBy: string
    expiresAt: Date
  },
): Promise<void> => {
  const { token, ...columns } = input
  const values = { ...columns, tokenHash: sha256(token) }
  const { teamId: _team, email: _email, ...change } = values
  await tx
    .insertInto('teamInvitations')
    .values(values)
    .onConflict((conflict) =>
      conflict
        .constraint('team_invitations_email_key')
        .doUpdateSet({ ...change, updatedAt: sql<Date>`now()` }),
    )
    .execute()
}

/** False if it had gone already. */
export const deleteInvitation = async (tx: Db, id: string): Promise<boolean> =>
  (await tx
    .deleteFrom('teamInvitations')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()) !== undefined

/** For somebody who may not invite any more. */
export const deleteInvitationsBy = async (
  tx: Db,
  teamId: string,
  accountId: string,
): Promise<void> => {
  await tx
    .deleteFrom('teamInvitations')
    .where('teamId', '=', teamId)
    .where('invitedBy', '=', accountId)
    .execute()
}
