import { invalidParams } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { showApp } from '#/platform/app/app-routes.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { account, route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { answerTransfer, cancelTransfer } from './answer-app-transfer.ts'
import { ownTransfer } from './app-transfer-access.ts'
import {
  CreateTransfer,
  presentTransfer,
  UpdateTeamApp,
  UpdateTransfer,
} from './app-transfer-schema.ts'
import { listTransfers } from './app-transfer-store.ts'
import { createTransfer } from './create-app-transfer.ts'
import { setLocked } from './lock-app.ts'
import { transferApp } from './transfer-app.ts'

/** Whoever gives an app away may see it no more. */
const SHOWER = systemActor('transfer')

export const appTransferRoutes = [
  route({
    method: 'PATCH',
    path: '/teams/apps/:app',
    access: onApp(...NEEDED.lock),
    body: UpdateTeamApp,
    handle: async ({ platform, actor, target: app, body: { locked, owner } }) => {
      if (locked !== undefined && owner !== undefined)
        throw invalidParams('Give either locked or owner.')
      if (locked !== undefined) await setLocked(platform, actor, app, locked)
      if (owner !== undefined) await transferApp(platform, actor, app, referenceOf(owner))
      return showApp(platform, SHOWER, app.id)
    },
  }),
  route({
    method: 'GET',
    path: '/account/app-transfers',
    access: account,
    handle: async ({ platform, actor }) =>
      (await listTransfers(platform.db, actor)).map((one) => presentTransfer(one, { actor })),
  }),
  route({
    method: 'POST',
    path: '/account/app-transfers',
    access: account,
    body: CreateTransfer,
    handle: async ({ platform, actor, body: { app, recipient } }) =>
      presentTransfer(await createTransfer(platform, actor, { app: referenceOf(app), recipient }), {
        actor,
      }),
  }),
  route({
    method: 'GET',
    path: '/account/app-transfers/:transfer',
    access: ownTransfer,
    handle: async ({ actor, target }) => presentTransfer(target, { actor }),
  }),
  route({
    method: 'PATCH',
    path: '/account/app-transfers/:transfer',
    access: ownTransfer,
    body: UpdateTransfer,
    handle: async ({ platform, actor, target, body: { state } }) =>
      presentTransfer(await answerTransfer(platform, actor, target, state), { actor }),
  }),
  route({
    method: 'DELETE',
    path: '/account/app-transfers/:transfer',
    access: ownTransfer,
    handle: async ({ platform, actor, target }) => {
      await cancelTransfer(platform, actor, target)
      return presentTransfer(target, { actor })
    },
  }),
]
