import { sql, type ExpressionBuilder } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listOf, type Needed } from './permission-table.ts'
import { rolesWith, type Role, type Team } from './team.ts'

const COLUMNS = [
  'teams.id',
  'teams.name',
  'teams.personalAccountId',
  'teams.memberPermissions',
  'teams.ephemeralAutoJoin',
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
  getPersonalTeamOf(db, actor.accountId ?? '')

export const getPersonalTeamOf = (db: Db, accountId: string): Promise<Team> =>
  db
    .selectFrom('teams')
    .select(COLUMNS)
    .where('personalAccountId', '=', accountId)
    .executeTakeFirstOrThrow()

/** Of a membership: it gives one of the permissions on the team's unlocked apps and on its pipelines. */
export const roleGives = (needed: Needed) => (eb: ExpressionBuilder<DB, 'teamMembers'>) =>
  eb.or([
    eb(
      'teamMembers.role',
      'in',
      rolesWith(needed).filter((role) => role !== 'member'),
    ),
    eb.and([
      eb('teamMembers.role', '=', 'member'),
      eb.exists(
        eb
          .selectFrom('teams as decides')
          .select('decides.id')
          .whereRef('decides.id', '=', 'teamMembers.teamId')
          .where(sql<boolean>`decides.member_permissions && ${[...listOf(needed)]}::text[]`),
      ),
    ]),
  ])

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

export const getTeam = (db: Db, id: string): Promise<Team> =>
  db.selectFrom('teams').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow()

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

/** Those that the actor is a member of, and those that let them in on an app, which counts as `collaborator`. */
const ownTeams = (db: Db, actor: Actor) =>
  db
    .selectFrom('teams')
    .leftJoin('teamMembers', (join) =>
      join
        .onRef('teamMembers.teamId', '=', 'teams.id')
        .on('teamMembers.accountId', '=', actor.accountId),
    )
    .select([...COLUMNS, sql<Role>`coalesce(team_members.role, 'collaborator')`.as('role')])
    .where('teams.personalAccountId', 'is', null)
    .where('teams.destroyedAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('teamMembers.accountId', 'is not', null),
        eb.exists(
          eb
            .selectFrom('collaborators')
            .innerJoin('apps', 'apps.id', 'collaborators.appId')
            .select('apps.id')
            .whereRef('apps.teamId', '=', 'teams.id')
            .where('apps.destroyedAt', 'is', null)
            .where('collaborators.accountId', '=', actor.accountId),
        ),
      ]),
    )

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

/** Until the transaction ends nobody else changes the team or its people. @throws 404 if it is gone */
export const lockTeam = async (tx: Db, id: string): Promise<Team> => {
  const team = await tx
    .selectFrom('teams')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('destroyedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!team) throw notFound('team')
  return team
}

type Membership = Pick<TeamMember, 'teamId' | 'accountId'>

export const changeMemberRole = async (tx: Db, member: Membership, role: Role): Promise<void> => {
  await tx
    .updateTable('teamMembers')
    .set({ role, updatedAt: sql<Date>`now()` })
    .where('teamId', '=', member.teamId)
    .where('accountId', '=', member.accountId)
    .execute()
}

export const deleteMember = async (tx: Db, member: Membership): Promise<void> => {
  await tx
    .deleteFrom('teamMembers')
    .where('teamId', '=', member.teamId)
    .where('accountId', '=', member.accountId)
    .execute()
}

/** What somebody was granted on the team's apps; returns the names of these. */
export const deleteGrantsInTeam = async (tx: Db, member: Membership): Promise<string[]> => {
  const deleted = await tx
    .deleteFrom('collaborators')
    .using('apps')
    .whereRef('apps.id', '=', 'collaborators.appId')
    .where('apps.teamId', '=', member.teamId)
    .where('collaborators.accountId', '=', member.accountId)
    .returning('apps.name')
    .execute()
  return deleted.map(({ name }) => name).toSorted()
}

export const updateTeamRow = async (
  tx: Db,
  id: string,
  change: Partial<Pick<Team, 'name' | 'memberPermissions' | 'ephemeralAutoJoin'>>,
): Promise<void> => {
  await tx
    .updateTable('teams')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** What is left of a team that is to be destroyed. */
export const countBelongings = async (
  tx: Db,
  id: string,
): Promise<{ apps: number; pipelines: number }> => {
  const { apps } = await tx
    .selectFrom('apps')
    .select((eb) => eb.fn.countAll<number>().as('apps'))
    .where('teamId', '=', id)
    .where('destroyedAt', 'is', null)
    .executeTakeFirstOrThrow()
  const { pipelines } = await tx
    .selectFrom('pipelines')
    .select((eb) => eb.fn.countAll<number>().as('pipelines'))
    .where('teamId', '=', id)
    .executeTakeFirstOrThrow()
  return { apps: Number(apps), pipelines: Number(pipelines) }
}

/** Its row stays for the names of its apps; its own name is free again. */
export const destroyTeamRow = async (tx: Db, id: string): Promise<void> => {
  await tx.deleteFrom('teamMembers').where('teamId', '=', id).execute()
  await tx.deleteFrom('teamInvitations').where('teamId', '=', id).execute()
  await tx
    .updateTable('teams')
    .set({ name: `destroyed-${id}`, destroyedAt: new Date(), updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}
