import { deployRoutes } from '#/platform/deploy/deploy-routes.ts'
import { dynoRoutes } from '#/platform/dyno/dyno-routes.ts'
import { releaseRoutes } from '#/platform/release/release-routes.ts'
import type { Route } from '#/platform/route.ts'
import { healthRoutes } from './health-routes.ts'

/** Every route there is: a new noun adds its table here. */
export const routes: Route[] = [...healthRoutes, ...releaseRoutes, ...dynoRoutes, ...deployRoutes]
