import { notFound } from '#/foundation/errors.ts'
import { anyone, route, type ScopedAccess } from '#/platform/route.ts'
import {
  presentRegistryEntry,
  presentRegistryReadme,
  presentRegistryRevision,
} from './buildpack-schema.ts'
import { BUILT_IN, findBuiltIn, type BuiltInBuildpack } from './buildpack.ts'

/** The CLI asks the registry without a token. */
const open = anyone('the same for everybody, and no secret')

const registered: ScopedAccess<BuiltInBuildpack> = {
  name: open.name,
  reach: 'open',
  find: async ({ params }) => {
    const found = findBuiltIn(params['buildpack'] ?? '')
    if (!found) throw notFound('buildpack')
    return found
  },
}

/** Heroku's buildpack registry, for the buildpacks that are built in. A buildpack in a path is one part: `heroku%2Fnodejs`. */
export const registryRoutes = [
  route({
    method: 'GET',
    path: '/buildpacks',
    access: open,
    handle: async ({ request }) => search(request.url).map(presentRegistryEntry),
  }),
  route({
    method: 'GET',
    path: '/buildpacks/:buildpack',
    access: registered,
    handle: async ({ target }) => presentRegistryEntry(target),
  }),
  route({
    method: 'GET',
    path: '/buildpacks/:buildpack/revisions',
    access: registered,
    handle: async ({ target }) => [presentRegistryRevision(target)],
  }),
  route({
    method: 'GET',
    path: '/buildpacks/:buildpack/readme',
    access: registered,
    handle: async ({ target }) => presentRegistryReadme(target),
  }),
]

/** `?in[namespace][]=…&in[name][]=…&like[description]=…`: all that are given must fit. */
const search = (path: string): BuiltInBuildpack[] => {
  const { searchParams } = new URL(path, 'http://registry')
  const namespaces = searchParams.getAll('in[namespace][]')
  const names = searchParams.getAll('in[name][]')
  const words = searchParams.get('like[description]')?.toLowerCase() ?? ''
  return BUILT_IN.filter(
    ({ namespace, name, description }) =>
      (namespaces.length === 0 || namespaces.includes(namespace)) &&
      (names.length === 0 || names.includes(name)) &&
      description.toLowerCase().includes(words),
  )
}
