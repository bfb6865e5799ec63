import { ownAccount } from '#/platform/account/account-access.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { account, route, sendPage, type Call } from '#/platform/route.ts'
import { onTeam } from '#/platform/team/team-access.ts'
import { onApp } from './app-access.ts'
import { appRange, pageOfApps } from './app-range.ts'
import { FilterApps, presentApp } from './app-schema.ts'
import { getAppView, listAppViews, type AppFilter } from './app-view-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

type ListCall = Pick<Call<unknown, unknown, unknown>, 'platform' | 'actor' | 'request' | 'reply'>

const sendApps = async ({ platform, actor, request, reply }: ListCall, filter: AppFilter) => {
  const range = appRange(request.headers.range)
  const found = await listAppViews(platform.db, actor, filter, range)
  return sendPage(reply, pageOfApps(found, range), (app) => presentApp(app, platform.settings))
}

/** The app as the wire shows it now. */
export const showApp = async (platform: Platform, actor: Actor, id: string) =>
  presentApp(await getAppView(platform.db, actor, id), platform.settings)

export const appRoutes = [
  route({
    method: 'GET',
    reach: 'apps',
    path: '/apps',
    access: account,
    handle: (call) => sendApps(call, {}),
  }),
  route({
    method: 'GET',
    reach: 'apps',
    path: '/users/:account/apps',
    access: ownAccount,
    handle: (call) => sendApps(call, { accountId: call.target.id }),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/apps',
    access: onTeam,
    handle: (call) => sendApps(call, { teamId: call.target.id }),
  }),
  route({
    method: 'POST',
    scope: 'read',
    reach: 'apps',
    path: '/filters/apps',
    status: 200,
    access: account,
    body: FilterApps,
    handle: (call) => sendApps(call, filterOf(call.body.in)),
  }),
  ...(['/apps/:app', '/teams/apps/:app'] as const).map((path) =>
    route({
      method: 'GET',
      path,
      access: onApp(...NEEDED.look),
      handle: ({ platform, actor, target }) => showApp(platform, actor, target.id),
    }),
  ),
]

/** Neither ids nor names: no app. */
const filterOf = ({ id, name }: { id?: string[]; name?: string[] }): AppFilter => {
  if (id === undefined && name === undefined) return { ids: [] }
  return { ...(id ? { ids: id } : {}), ...(name ? { names: name } : {}) }
}
