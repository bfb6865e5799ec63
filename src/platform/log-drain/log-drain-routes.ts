import { onApp } from '#/platform/app/app-access.ts'
import { route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { addLogDrain } from './add-log-drain.ts'
import { onLogDrain } from './log-drain-access.ts'
import { CreateLogDrain, presentLogDrain } from './log-drain-schema.ts'
import { listLogDrains } from './log-drain-store.ts'
import { removeLogDrain } from './remove-log-drain.ts'

/** Answers hold the whole URL, so they take the scope that config vars take. */
export const logDrainRoutes = [
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/apps/:app/log-drains',
    access: onApp(...NEEDED.drains),
    handle: async ({ platform, actor, target: app, query }) =>
      (await listLogDrains(platform, actor, app.id)).map((drain) =>
        presentLogDrain(drain, app, query['extended'] === 'true'),
      ),
  }),
  route({
    method: 'POST',
    scope: 'write-protected',
    path: '/apps/:app/log-drains',
    access: onApp(...NEEDED.drains),
    body: CreateLogDrain,
    handle: async ({ platform, actor, target: app, body }) =>
      presentLogDrain(await addLogDrain(platform, actor, app, body.url), app),
  }),
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/apps/:app/log-drains/:drain',
    access: onLogDrain(...NEEDED.drains),
    handle: async ({ target: { app, drain } }) => presentLogDrain(drain, app),
  }),
  route({
    method: 'DELETE',
    scope: 'write-protected',
    path: '/apps/:app/log-drains/:drain',
    access: onLogDrain(...NEEDED.drains),
    handle: async ({ platform, actor, target: { app, drain } }) => {
      await removeLogDrain(platform, actor, app, drain)
      return presentLogDrain(drain, app)
    },
  }),
]
