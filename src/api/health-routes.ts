import { isReachable } from '#/foundation/db.ts'
import { serviceUnavailable } from '#/foundation/errors.ts'
import { anyone, route } from '#/platform/route.ts'

export const healthRoutes = [
  route({
    method: 'GET',
    path: '/health',
    access: anyone('says only that it is there'),
    handle: async ({ platform }) => {
      if (!(await isReachable(platform.db)))
        throw serviceUnavailable('The database cannot be reached.')
      return { status: 'ok' }
    },
  }),
]
