import { notFound } from '#/foundation/errors.ts'
import { anyone, route } from '#/platform/route.ts'
import { onApp } from './app-access.ts'
import { STACKS } from './app.ts'
import { presentRegion, REGION } from './region-schema.ts'
import { getStack, presentStack } from './stack-schema.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const open = anyone('the same for everybody, and no secret')

/** Stacks and regions: what an app can be built on, and where. */
export const stackRoutes = [
  route({
    method: 'GET',
    path: '/stacks',
    access: open,
    handle: async () => STACKS.map(presentStack),
  }),
  route({
    method: 'GET',
    path: '/stacks/:stack',
    access: open,
    handle: async ({ params }) => presentStack(getStack(params.stack)),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/available-stacks',
    access: onApp(...NEEDED.look),
    handle: async () => STACKS.map(presentStack),
  }),
  route({ method: 'GET', path: '/regions', access: open, handle: async () => [presentRegion()] }),
  route({
    method: 'GET',
    path: '/regions/:region',
    access: open,
    handle: async ({ params }) => {
      if (params.region !== REGION.id && params.region !== REGION.name) throw notFound('region')
      return presentRegion()
    },
  }),
]
