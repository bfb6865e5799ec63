import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound } from '#/foundation/errors.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import {
  findTeam,
  getPersonalTeamOf,
  getTeam,
  listTeamMembers,
} from '#/platform/team/team-store.ts'
import { mayCreateApps, type Team } from '#/platform/team/team.ts'
import { moveApp } from './move-app.ts'

/**
 * Gives an app to a team in which the caller may create apps, or a team's app to one of its members, at once.
 * @param owner a team's name or id, or a member's address or id
 */
export const transferApp = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  owner: string,
): Promise<void> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    await getApp(tx, actor, id, NEEDED.transfer)
    const from = await getTeam(tx, app.teamId)
    const to = await findNewOwner(tx, actor, from, owner)
    if (to.id === from.id) throw invalidParams(`${app.name} belongs to ${owner} already.`)
    await moveApp(tx, actor, app, { from, to })
  })

/** The address that the wire gives a team. */
const TEAM_ADDRESS = /^(.+)@herokumanager\.com$/

const findNewOwner = async (tx: Db, actor: Actor, from: Team, owner: string): Promise<Team> => {
  const ref = TEAM_ADDRESS.exec(owner)?.[1] ?? owner
  const team = await findTeam(tx, actor, ref)
  if (team) {
    if (!mayCreateApps(team.role))
      throw forbidden(`You do not have permission to create apps in the team ${team.name}.`)
    return team
  }
  if (from.personalAccountId !== null) {
    if (ref.includes('@'))
      throw invalidParams(
        'Your own app goes to another person once they accept it: POST /account/app-transfers.',
      )
    throw notFound('team')
  }
  const address = ref === '~' ? actor.name.toLowerCase() : ref.toLowerCase()
  const members = await listTeamMembers(tx, actor, from.id)
  const member = members.find(
    ({ email, accountId }) => email.toLowerCase() === address || accountId === ref,
  )
  if (!member)
    throw notFound(
      'user',
      `There is no such team, and no such member of ${from.name}: a team's app goes to a team of yours or to one of its members.`,
    )
  return getPersonalTeamOf(tx, member.accountId)
}
