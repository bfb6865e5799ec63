import { isReachable, type Db } from '#/foundation/db.ts'
import { isRouterConnected } from '#/platform/domain/route-feed-store.ts'
import { anyone, route } from '#/platform/route.ts'

type Colour = 'green' | 'yellow' | 'red'

/** What `heroku status` reads. */
export const statusRoutes = [
  route({
    method: 'GET',
    path: '/api/v4/current-status',
    access: anyone('says only how the platform fares'),
    handle: async ({ platform }) => ({
      status: await statusOf(platform.db),
      incidents: [],
      scheduled: [],
    }),
  }),
]

/** Without the platform's database apps and their data go on, but nobody can change them. */
const statusOf = async (db: Db): Promise<{ system: string; status: Colour }[]> => {
  const isUp = await isReachable(db)
  const apps = isUp && (await isRouterConnected(db)) ? 'green' : 'yellow'
  return [
    { system: 'Apps', status: apps },
    { system: 'Data', status: isUp ? 'green' : 'yellow' },
    { system: 'Tools', status: isUp ? 'green' : 'red' },
  ]
}
