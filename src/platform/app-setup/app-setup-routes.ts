import type { Static } from 'typebox'
import { forbidden, invalidParams, notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { showApp } from '#/platform/app/app-routes.ts'
import { UpdateApp } from '#/platform/app/app-schema.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { REGION } from '#/platform/app/region-schema.ts'
import { stackAsked } from '#/platform/app/stack-schema.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { account, route } from '#/platform/route.ts'
import { findTeam, getPersonalTeam } from '#/platform/team/team-store.ts'
import { mayCreateApps } from '#/platform/team/team.ts'
import { CreateApp } from './app-setup-schema.ts'
import { createApp } from './create-app.ts'
import { destroyApp } from './destroy-app.ts'
import { changeApp } from './update-app.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

type CreateBody = Static<typeof CreateApp>

export const appSetupRoutes = [
  ...(['/apps', '/teams/apps'] as const).map((path) =>
    route({
      method: 'POST',
      path,
      access: account,
      body: CreateApp,
      handle: async ({ platform, actor, body }) => {
        const { id } = await createApp(platform, actor, {
          name: body.name ?? undefined,
          stack: body.stack === undefined ? undefined : stackAsked(body.stack),
          teamId: await teamFor(platform, actor, body),
          locked: body.locked ?? false,
        })
        return showApp(platform, actor, id)
      },
    }),
  ),
  route({
    method: 'PATCH',
    path: '/apps/:app',
    access: onApp(...NEEDED.maintenance, ...NEEDED.rename),
    body: UpdateApp,
    handle: async ({ platform, actor, target: app, body: { name, maintenance, build_stack } }) => {
      if (name !== undefined) await getApp(platform.db, actor, app.id, NEEDED.rename)
      if (maintenance !== undefined) await getApp(platform.db, actor, app.id, NEEDED.maintenance)
      if (build_stack !== undefined) await getApp(platform.db, actor, app.id, NEEDED.stack)
      await changeApp(platform, actor, app, {
        ...(name === undefined ? {} : { name }),
        ...(maintenance === undefined ? {} : { maintenance }),
        ...(build_stack === undefined ? {} : { buildStack: stackAsked(build_stack) }),
      })
      return showApp(platform, actor, app.id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app',
    access: onApp(...NEEDED.destroy),
    handle: async ({ platform, actor, target: app }) => {
      const last = await showApp(platform, actor, app.id)
      await destroyApp(platform, actor, app)
      return last
    },
  }),
]

/** Whose the new app is. @throws 422 for what Heroku offers and this platform does not */
const teamFor = async (platform: Platform, actor: Actor, body: CreateBody): Promise<string> => {
  refuseUnoffered(body)
  if (body.team === undefined) return (await getPersonalTeam(platform.db, actor)).id
  const team = await findTeam(platform.db, actor, referenceOf(body.team))
  if (!team) throw notFound('team')
  if (!mayCreateApps(team.role))
    throw forbidden(`You do not have permission to create apps in the team ${team.name}.`)
  return team.id
}

const refuseUnoffered = ({
  region,
  space,
  locked,
  team,
  internal_routing: internal,
}: CreateBody): void => {
  if (region !== undefined && ![REGION.name, REGION.id].includes(referenceOf(region)))
    throw invalidParams(`There is no such region. The only one here is ${REGION.name}.`)
  if (space ?? internal) throw invalidParams('There are no Private Spaces here.')
  if (locked && team === undefined) throw invalidParams('Only apps of a team can be locked.')
}
