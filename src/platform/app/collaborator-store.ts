import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { getTeam, listTeamMembers } from '#/platform/team/team-store.ts'
import { PERMISSIONS, type Permission } from '#/platform/team/team.ts'
import { mayOnApp } from './app-store.ts'
import type { App } from './app.ts'
import { inOrder, permissionsByRole, type Collaborator, type Grant } from './collaborator.ts'

const COLUMNS = [
  'id',
  'appId',
  'email',
  'accountId',
  'permissions',
  'createdAt',
  'updatedAt',
] as const

/** All that the actor may do on an app, by the one gate. */
export const listOwnPermissions = async (
  db: Db,
  actor: Actor,
  appId: string,
): Promise<Permission[]> => {
  const found = await db
    .selectFrom('apps')
    .select((eb) => PERMISSIONS.map((permission) => mayOnApp(actor, permission)(eb).as(permission)))
    .where('id', '=', appId)
    .executeTakeFirst()
  return PERMISSIONS.filter((permission) => found?.[permission])
}

/** Everybody with access, by address. */
export const listCollaborators = async (
  db: Db,
  actor: Actor,
  app: App,
): Promise<Collaborator[]> => {
  const grants = await listGrants(db, app.id)
  const team = await getTeam(db, app.teamId)
  const members = await listTeamMembers(db, actor, app.teamId)
  const byRole = members.map((member): Collaborator => {
    const grant = grants.find(({ accountId }) => accountId === member.accountId) ?? null
    return {
      ...member,
      permissions: inOrder([
        ...permissionsByRole(member.role, team, app),
        ...(grant?.permissions ?? []),
      ]),
      grant,
    }
  })
  const known = new Set(members.map(({ accountId }) => accountId))
  const byGrant = grants
    .filter(({ accountId }) => accountId === null || !known.has(accountId))
    .map((grant): Collaborator => ({ ...grant, role: null, grant }))
  return [...byRole.filter(({ permissions }) => permissions.length > 0), ...byGrant].toSorted(
    (a, b) => (a.email < b.email ? -1 : 1),
  )
}

const listGrants = (db: Db, appId: string): Promise<Grant[]> =>
  db
    .selectFrom('collaborators')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .execute()
    .then((rows) => rows.map(asGrant))

const asGrant = <Row extends { permissions: string[] }>(
  row: Row,
): Omit<Row, 'permissions'> & { permissions: Permission[] } => ({
  ...row,
  permissions: PERMISSIONS.filter((permission) => row.permissions.includes(permission)),
})

export const findGrant = async (db: Db, appId: string, email: string): Promise<Grant | undefined> =>
  (await listGrants(db, appId)).find((grant) => grant.email === email)

/** @throws a violation of `collaborators_email_key` if that address has a grant on the app. */
export const insertGrant = async (
  tx: Db,
  input: Pick<Grant, 'appId' | 'email' | 'accountId' | 'permissions'>,
): Promise<Grant> =>
  asGrant(
    await tx.insertInto('collaborators').values(input).returning(COLUMNS).executeTakeFirstOrThrow(),
  )

export const changeGrantRow = async (
  tx: Db,
  id: string,
  permissions: Permission[],
): Promise<Grant> =>
  asGrant(
    await tx
      .updateTable('collaborators')
      .set({ permissions, updatedAt: sql<Date>`now()` })
      .where('id', '=', id)
      .returning(COLUMNS)
      .executeTakeFirstOrThrow(),
  )

export const deleteGrant = async (tx: Db, id: string): Promise<void> => {
  await tx.deleteFrom('collaborators').where('id', '=', id).execute()
}

/** For an app that has become a person's own: nobody else manages it, and the owner needs no grant. */
export const fitGrantsToOwner = async (
  tx: Db,
  appId: string,
  ownerAccountId: string,
): Promise<void> => {
  await tx
    .deleteFrom('collaborators')
    .where('appId', '=', appId)
    .where('accountId', '=', ownerAccountId)
    .execute()
  await tx
    .updateTable('collaborators')
    .set({ permissions: sql<string[]>`array_remove(permissions, 'manage')` })
    .where('appId', '=', appId)
    .where(sql<boolean>`'manage' = any(permissions)`)
    .execute()
}
