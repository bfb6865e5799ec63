import { onApp } from '#/platform/app/app-access.ts'
import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { getRelease } from '#/platform/release/release-store.ts'
import { route } from '#/platform/route.ts'
import { changeConfigVars } from './change-config-vars.ts'
import { changeConfigMarks } from './change-config-marks.ts'
import { readConfigMarks } from './config-mark-store.ts'
import { presentConfigVars, UpdateConfigMarks, UpdateConfigVars } from './config-var-schema.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const showSnapshot = async (platform: Platform, id: string | null) =>
  presentConfigVars(configVarsOf(await readConfigSnapshot(platform, id)))

export const configVarRoutes = [
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/apps/:app/config-vars',
    access: onApp(...NEEDED.config),
    handle: ({ platform, target: app }) => showSnapshot(platform, app.configSnapshotId),
  }),
  route({
    method: 'PATCH',
    scope: 'write-protected',
    path: '/apps/:app/config-vars',
    access: onApp(...NEEDED.config),
    body: UpdateConfigVars,
    handle: async ({ platform, actor, target: app, body }) =>
      presentConfigVars(await changeConfigVars(platform, actor, app, body)),
  }),
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/apps/:app/config-vars/marks',
    access: onApp(...NEEDED.config),
    handle: ({ platform, target: app }) => readConfigMarks(platform.db, app.id),
  }),
  route({
    method: 'PATCH',
    scope: 'write-protected',
    path: '/apps/:app/config-vars/marks',
    access: onApp(...NEEDED.config),
    body: UpdateConfigMarks,
    handle: ({ platform, actor, target: app, body }) =>
      changeConfigMarks(platform, actor, app, body),
  }),
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/apps/:app/releases/:release/config-vars',
    access: onApp(...NEEDED.config),
    handle: async ({ platform, actor, target: app, params }) => {
      const release = await getRelease(platform.db, actor, app.id, params.release)
      return showSnapshot(platform, release.configSnapshotId)
    },
  }),
]
