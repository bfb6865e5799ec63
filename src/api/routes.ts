import type { Route } from '#/platform/route.ts'
import { healthRoutes } from './health-routes.ts'

/** Every route there is: a new noun adds its table here. */
export const routes: Route[] = [...healthRoutes]
