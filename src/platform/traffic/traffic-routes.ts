import { onApp } from '#/platform/app/app-access.ts'
import { route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { changeTraffic } from './change-traffic.ts'
import { openApp, protectApp } from './protect-app.ts'
import { presentProtection, presentTraffic, Protect, UpdateTraffic } from './traffic-schema.ts'
import { readTraffic, type TrafficRow } from './traffic-store.ts'

export const trafficRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/traffic',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target }) =>
      presentTraffic(await readTraffic(platform.db, actor, target.id)),
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/traffic',
    access: onApp(...NEEDED.traffic),
    body: UpdateTraffic,
    handle: async ({ platform, actor, target, body }) => {
      const { https_only: httpsOnly, request_limit: requestLimit, drain_seconds: seconds } = body
      const change: TrafficRow = {
        ...(httpsOnly === undefined ? {} : { httpsOnly }),
        ...(requestLimit === undefined ? {} : { requestLimit }),
        ...(seconds === undefined
          ? {}
          : { drainLimitMs: seconds === null ? null : seconds * 1_000 }),
      }
      const isEmpty = Object.keys(change).length === 0
      const traffic = isEmpty
        ? await readTraffic(platform.db, actor, target.id)
        : await changeTraffic(platform, actor, target, change)
      return presentTraffic(traffic)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/protection',
    access: onApp(...NEEDED.traffic),
    handle: async ({ platform, actor, target }) =>
      presentProtection(await readTraffic(platform.db, actor, target.id)),
  }),
  route({
    method: 'POST',
    path: '/apps/:app/protection',
    access: onApp(...NEEDED.traffic),
    body: Protect,
    handle: async ({ platform, actor, target, body: { user = target.name } }) => {
      const made = await protectApp(platform, actor, target, user)
      return { protected: true, ...made }
    },
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/protection',
    access: onApp(...NEEDED.traffic),
    handle: async ({ platform, actor, target }) => {
      await openApp(platform, actor, target)
      return presentProtection({ authUser: null })
    },
  }),
]
