import { notFound } from '#/foundation/errors.ts'
import { account, route } from '#/platform/route.ts'
import { presentPlan, presentService } from './add-on-schema.ts'
import { ADD_ON_SERVICES, findPlan, findService, type AddOnService } from './add-on-service.ts'

export const addOnServiceRoutes = [
  route({
    method: 'GET',
    reach: 'account',
    path: '/addon-services',
    access: account,
    handle: async () => ADD_ON_SERVICES.map(presentService),
  }),
  route({
    method: 'GET',
    reach: 'account',
    path: '/addon-services/:service',
    access: account,
    handle: async ({ params }) => presentService(getService(params.service)),
  }),
  route({
    method: 'GET',
    reach: 'account',
    path: '/addon-services/:service/plans',
    access: account,
    handle: async ({ params }) => {
      const service = getService(params.service)
      return service.plans.map((plan) => presentPlan(service, plan))
    },
  }),
  ...['/plans/:plan' as const, '/addon-services/:service/plans/:plan' as const].map((path) =>
    route({
      method: 'GET',
      reach: 'account',
      path,
      access: account,
      handle: async ({ params }) => {
        const found = findPlan(params.plan)
        if (!found) throw notFound('plan')
        return presentPlan(found.service, found.plan)
      },
    }),
  ),
]

const getService = (ref: string): AddOnService => {
  const service = findService(ref)
  if (!service) throw notFound('add_on_service', "Couldn't find that add-on service.")
  return service
}
