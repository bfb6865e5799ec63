import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { anyone, route } from '#/platform/route.ts'
import { presentDynoSize, sizeOfReference } from './formation-schema.ts'
import { SIZES } from './formation.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const open = anyone('the same for everybody, and no secret')
const presentDynoSizes = () => Object.keys(SIZES).map(presentDynoSize)

export const dynoSizeRoutes = [
  route({
    method: 'GET',
    path: '/dyno-sizes',
    access: open,
    handle: async () => presentDynoSizes(),
  }),
  route({
    method: 'GET',
    path: '/dyno-sizes/:size',
    access: open,
    handle: async ({ params }) => {
      const size = sizeOfReference(params.size)
      if (size === undefined) throw notFound('dyno_size')
      return presentDynoSize(size)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/available-dyno-sizes',
    access: onApp(...NEEDED.look),
    handle: async () => presentDynoSizes(),
  }),
]
