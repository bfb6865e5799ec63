import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { route } from '#/platform/route.ts'
import { presentDyno, ResizeTerminal, RunDyno } from './dyno-schema.ts'
import { listLivingDynos } from './dyno-store.ts'
import { dynoName } from './dyno.ts'
import { resizeTerminal } from './resize-terminal.ts'
import { runDyno } from './run-dyno.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

export const dynoRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/dynos',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      (await listLivingDynos(platform.db, actor, app.id)).map((dyno) => presentDyno(dyno, { app })),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/dynos/:dyno',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const dynos = await listLivingDynos(platform.db, actor, app.id)
      const found = dynos.find((dyno) => dyno.id === params.dyno || dynoName(dyno) === params.dyno)
      if (!found) throw notFound('dyno')
      return presentDyno(found, { app })
    },
  }),
  route({
    method: 'POST',
    scope: 'write-protected',
    path: '/apps/:app/dynos',
    access: onApp(...NEEDED.oneOffDynos),
    body: RunDyno,
    handle: async ({ platform, actor, target: app, body }) => {
      const { dyno, secret } = await runDyno(platform, actor, app, {
        command: body.command,
        attach: body.attach ?? false,
        env: Object.fromEntries(
          Object.entries(body.env ?? {}).map(([name, value]) => [name, String(value)]),
        ),
        forceNoTty: body.force_no_tty ?? false,
        size: body.size,
        type: body.type ?? 'run',
      })
      const { apiHost, apiPort } = platform.settings
      const attachUrl = secret === null ? null : `rendezvous://${apiHost}:${apiPort}/${secret}`
      return presentDyno(dyno, { app, attachUrl })
    },
  }),
  route({
    method: 'PATCH',
    scope: 'write-protected',
    path: '/apps/:app/dynos/:dyno/terminal',
    access: onApp(...NEEDED.oneOffDynos),
    body: ResizeTerminal,
    handle: async ({ platform, actor, target: app, params: { dyno }, body }) =>
      presentDyno(await resizeTerminal(platform, actor, app, { dyno, ...body }), { app }),
  }),
]
