import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Role, Team } from './team.ts'

const COLUMNS = [
  'teams.id',
  'teams.name',
  'teams.personalAccountId',
  'teams.createdAt',
  'teams.updatedAt',
] as const

/** The hidden team that owns what belongs to one person. */
export const insertPersonalTeam = async (tx: Db, accountId: string): Promise<Team> => {
  const team = await tx
    .insertInto('teams')
    .values({ name: `personal-${accountId}`, personalAccountId: accountId })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  await insertTeamMember(tx, { teamId: team.id, accountId, role: 'owner' })
  return team
}

/** @throws a violation of `teams_name_key` if there is a team of that name. */
export const insertTeam = (tx: Db, _actor: Actor, name: string): Promise<Team> =>
  tx.insertInto('teams').values({ name }).returning(COLUMNS).executeTakeFirstOrThrow()

export const insertTeamMember = async (
  tx: Db,
  member: { teamId: string; accountId: string; role: Role },
): Promise<void> => {
  await tx.insertInto('teamMembers').values(member).execute()
}

export const getPersonalTeam = (db: Db, actor: Actor): Promise<Team> =>
  db
    .selectFrom('teams')
    .select(COLUMNS)
    .where('personalAccountId', '=', actor.accountId)
    .executeTakeFirstOrThrow()

/** The hidden team of that account. */
export const getPersonalTeamOf = (db: Db, accountId: string): Promise<Team> =>
  db
    .selectFrom('teams')
    .select(COLUMNS)
    .where('personalAccountId', '=', accountId)
    .executeTakeFirstOrThrow()

/** One of the team by account id; until the transaction ends they stay in it, in their role. */
export const lockTeamMember = async (
  tx: Db,
  teamId: string,
  accountId: string,
): Promise<{ accountId: string; role: Role } | undefined> =>
  isId(accountId)
    ? tx
        .selectFrom('teamMembers')
        .select(['accountId', 'role'])
        .where('teamId', '=', teamId)
        .where('accountId', '=', accountId)
        .forShare()
        .executeTakeFirst()
    : undefined

/** By name or id, if the caller belongs to it; personal teams are never shown. */
export const findTeam = (
  db: Db,
  actor: Actor,
  ref: string,
): Promise<(Team & { role: Role }) | undefined> =>
  ownTeams(db, actor)
    .where((eb) => eb.or([eb('teams.name', '=', ref), eb(sql`teams.id::text`, '=', ref)]))
    .executeTakeFirst()

export const listTeams = (db: Db, actor: Actor): Promise<(Team & { role: Role })[]> =>
  ownTeams(db, actor).orderBy('teams.name').execute()

const ownTeams = (db: Db, actor: Actor) =>
  db
    .selectFrom('teams')
    .innerJoin('teamMembers', 'teamMembers.teamId', 'teams.id')
    .select([...COLUMNS, 'teamMembers.role'])
    .where('teamMembers.accountId', '=', actor.accountId)
    .where('teams.personalAccountId', 'is', null)

export type TeamMember = {
  teamId: string
  accountId: string
  email: string
  name: string | null
  role: Role
  createdAt: Date
  updatedAt: Date
}

export const listTeamMembers = (db: Db, _actor: Actor, teamId: string): Promise<TeamMember[]> =>
  db
    .selectFrom('teamMembers')
    .innerJoin('accounts', 'accounts.id', 'teamMembers.accountId')
    .select([
      'teamMembers.teamId',
      'teamMembers.accountId',
      'accounts.email',
      'accounts.name',
      'teamMembers.role',
      'teamMembers.createdAt',
      'teamMembers.updatedAt',
    ])
    .where('teamMembers.teamId', '=', teamId)
    .orderBy('accounts.email')
    .execute()
