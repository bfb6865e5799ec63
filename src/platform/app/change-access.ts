import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound, violates } from '#/foundation/errors.ts'
import { findAccountByEmail } from '#/platform/account/account-store.ts'
import { readAddress } from '#/platform/account/account.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { getTeam } from '#/platform/team/team-store.ts'
import type { Permission } from '#/platform/team/team.ts'
import { getApp, lockApp } from './app-store.ts'
import type { App } from './app.ts'
import { collaboratorId, userId } from './collaborator-schema.ts'
import {
  changeGrantRow,
  deleteGrant,
  findGrant,
  insertGrant,
  listCollaborators,
  listOwnPermissions,
} from './collaborator-store.ts'
import {
  inOrder,
  ON_PERSONAL_APPS,
  permissionsByRole,
  readPermissions,
  type Collaborator,
  type Grant,
} from './collaborator.ts'

type Needs = Pick<Platform, 'db'>
type Target = Pick<App, 'id'>

/**
 * Gives an address access to an app, also if it has no account yet. Somebody who sees an unlocked app of their team
 * may give it to themselves (`apps:join`), as much as their role does; it stays when the app is locked.
 */
export const addCollaborator = async (
  { db }: Needs,
  actor: Actor,
  { id }: Target,
  asked: { user: string; permissions: string[] | undefined },
): Promise<{ app: App; collaborator: Collaborator }> => {
  const email = readAddress(asked.user === '~' ? actor.name : asked.user)
  try {
    return await transaction(db, async (tx) => {
      const app = await lockApp(tx, actor, id)
      const team = await getTeam(tx, app.teamId)
      const isPersonal = team.personalAccountId !== null
      const account = await findAccountByEmail(tx, email)
      if (isPersonal && account?.id === team.personalAccountId)
        throw invalidParams(`${email} owns ${app.name}.`)
      const own = await permissionsToGive(tx, actor, app, email)
      const permissions = asked.permissions
        ? readPermissions(asked.permissions, { isPersonal })
        : inOrder(['view', ...ON_PERSONAL_APPS.filter((one) => own.includes(one))])
      checkHeld(permissions, own)
      await insertGrant(tx, { appId: id, email, accountId: account?.id ?? null, permissions })
      await insertEvent(tx, actor, {
        resource: 'collaborator',
        action: 'create',
        appId: id,
        teamId: app.teamId,
        after: { user: email, permissions },
      })
      return { app, collaborator: await getCollaborator(tx, actor, app, email) }
    })
  } catch (error) {
    throw violates(error, 'collaborators_email_key')
      ? invalidParams(`${email} is already a collaborator of this app.`)
      : error
  }
}

/** Replaces what somebody was granted. What they had may stay; what is new the actor must hold. */
export const changeCollaborator = (
  { db }: Needs,
  actor: Actor,
  { id }: Target,
  change: { ref: string; permissions: string[] },
): Promise<{ app: App; collaborator: Collaborator }> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    await getApp(tx, actor, id, NEEDED.collaborators)
    const found = await getCollaborator(tx, actor, app, change.ref)
    const team = await getTeam(tx, app.teamId)
    if (team.personalAccountId !== null && found.accountId === team.personalAccountId)
      throw invalidParams(`${found.email} owns ${app.name}.`)
    const permissions = readPermissions(change.permissions, {
      isPersonal: team.personalAccountId !== null,
    })
    const before = found.grant?.permissions ?? []
    const added = permissions.filter((permission) => !before.includes(permission))
    checkHeld(added, await listOwnPermissions(tx, actor, id))
    await writeGrant(tx, found, id, permissions)
    await insertEvent(tx, actor, {
      resource: 'collaborator',
      action: found.grant ? 'update' : 'create',
      appId: id,
      teamId: app.teamId,
      ...(found.grant ? { before: { user: found.email, permissions: before } } : {}),
      after: { user: found.email, permissions },
    })
    return { app, collaborator: await getCollaborator(tx, actor, app, found.email) }
  })

/** Takes a grant away; one's own is given back by whoever has it (`apps:leave`). */
export const removeCollaborator = (
  { db }: Needs,
  actor: Actor,
  { id }: Target,
  ref: string,
): Promise<{ app: App; collaborator: Collaborator }> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    const found = await getCollaborator(tx, actor, app, ref)
    if (found.accountId !== actor.accountId) await getApp(tx, actor, id, NEEDED.collaborators)
    if (!found.grant)
      throw notFound(
        'collaborator',
        `${found.email} has access to ${app.name} by their role in the team, not as a collaborator.`,
      )
    await deleteGrant(tx, found.grant.id)
    await insertEvent(tx, actor, {
      resource: 'collaborator',
      action: 'destroy',
      appId: id,
      teamId: app.teamId,
      before: { user: found.email, permissions: found.grant.permissions },
    })
    return { app, collaborator: found }
  })

/** By address, by id, or by the account's id as far as it is shown. */
export const getCollaborator = async (
  db: Db,
  actor: Actor,
  app: App,
  ref: string,
): Promise<Collaborator> => {
  const address = ref === '~' ? actor.name.toLowerCase() : ref.toLowerCase()
  const found = (await listCollaborators(db, actor, app)).find(
    (one) =>
      one.email.toLowerCase() === address ||
      collaboratorId(one, app) === ref ||
      userId(one, actor) === ref,
  )
  if (!found) throw notFound('collaborator', `There is no such collaborator of ${app.name}.`)
  return found
}

/** What the actor may hand on. @throws 403 */
const permissionsToGive = async (
  tx: Db,
  actor: Actor,
  app: App,
  email: string,
): Promise<readonly Permission[]> => {
  const own = await listOwnPermissions(tx, actor, app.id)
  if (
    own.some((permission) => (NEEDED.collaborators as readonly Permission[]).includes(permission))
  )
    return own
  const me = email === actor.name.toLowerCase() ? await ownEntry(tx, actor, app) : undefined
  const byRole = me?.role ? permissionsByRole(me.role, await getTeam(tx, app.teamId), app) : []
  if (byRole.length === 0) throw forbidden(`You do not have access to the app ${app.name}.`)
  return byRole
}

const ownEntry = async (tx: Db, actor: Actor, app: App): Promise<Collaborator | undefined> =>
  (await listCollaborators(tx, actor, app)).find(({ accountId }) => accountId === actor.accountId)

/** Nobody hands on what they do not hold. */
const checkHeld = (given: readonly Permission[], own: readonly Permission[]): void => {
  const missing = given.filter((permission) => !own.includes(permission))
  if (missing.length > 0)
    throw forbidden(`You cannot grant what you do not hold yourself: ${missing.join(', ')}.`)
}

/** A member who had access by role alone gets a first grant. */
const writeGrant = async (
  tx: Db,
  found: Collaborator,
  appId: string,
  permissions: Permission[],
): Promise<Grant> => {
  const email = found.email.toLowerCase()
  const grant = found.grant ?? (await findGrant(tx, appId, email))
  return grant
    ? changeGrantRow(tx, grant.id, permissions)
    : insertGrant(tx, { appId, email, accountId: found.accountId, permissions })
}
