import { invalidParams, messageOf } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { listApps } from '#/platform/app/app-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { account, route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { presentMetrics } from './metric-schema.ts'
import { readMetrics, readTotals } from './metric-store.ts'
import { windowOf, type Window } from './metric.ts'
import { formatPrometheus, PROMETHEUS_TYPE } from './prometheus.ts'

export const metricRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/metrics',
    access: onApp(...NEEDED.metrics),
    handle: async ({ platform, target: app, query }) => {
      const window = windowAsked(query)
      const processType = query['process_type']
      const steps = await readMetrics(platform.db, [app.id], { ...window, processType })
      return presentMetrics(app, window, steps)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/metrics/prometheus',
    access: onApp(...NEEDED.metrics),
    handle: async ({ platform, target: app, reply }) => {
      void reply.type(PROMETHEUS_TYPE)
      return showPrometheus(platform, [app])
    },
  }),
  // Of all apps whose metrics the caller may read.
  route({
    method: 'GET',
    path: '/metrics',
    reach: 'apps',
    access: account,
    handle: async ({ platform, actor, reply }) => {
      void reply.type(PROMETHEUS_TYPE)
      return showPrometheus(
        platform,
        await listApps(platform.db, actor, { needed: NEEDED.metrics }),
      )
    },
  }),
]

const windowAsked = (query: Record<string, string | undefined>): Window => {
  try {
    const { from, to, step } = query
    return windowOf({ from, to, step }, new Date())
  } catch (error) {
    throw invalidParams(messageOf(error))
  }
}

const MINUTE_MS = 60_000

const showPrometheus = async (
  { db }: Pick<Platform, 'db'>,
  apps: { id: string; name: string }[],
): Promise<string> => {
  const ids = apps.map(({ id }) => id)
  const to = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)
  const lastMinute = { from: new Date(to.getTime() - MINUTE_MS), to, stepSeconds: 60 }
  return formatPrometheus(
    new Map(apps.map(({ id, name }) => [id, name])),
    await readTotals(db, ids),
    await readMetrics(db, ids, lastMinute),
  )
}
