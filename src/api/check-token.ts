import { forbidden } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { requireScope, type Scope } from '#/platform/event/scope.ts'
import type { Reach, Route, ScopedAccess } from '#/platform/route.ts'

/** @throws for a route of which nobody has said what it is about: the platform does not start with it */
export const reachOf = (route: Route): Reach => {
  const reach = route.reach ?? (route.access as Partial<ScopedAccess<unknown>>).reach
  if (reach === undefined && route.scope === undefined)
    throw new Error(`${route.method} ${route.path} declares neither a reach nor a scope.`)
  return reach ?? 'account'
}

/** The narrowest scope of a token that does. */
export const scopeOf = (route: Route): Scope =>
  route.scope ?? (route.method === 'GET' ? 'read' : 'write')

/** What the token may do, whoever holds it; what its account may do is asked after it, by the route's access. */
export const checkToken = (route: Route, reach: Reach, actor: Actor): void => {
  requireScope(actor, scopeOf(route))
  if (actor.boundTo && reach !== 'apps' && scopeOf(route) !== 'identity')
    throw forbidden('A deploy token reaches its own app or pipeline and nothing else.')
}
