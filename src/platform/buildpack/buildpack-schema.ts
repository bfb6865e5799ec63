import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import {
  nameOf,
  slugOf,
  urnOf,
  type BuildpackInstallation,
  type BuiltInBuildpack,
} from './buildpack.ts'

const MOST_BUILDPACKS = 30

/** The CLI leaves `buildpack` out when the registry did not know the name it was given. */
export const ReplaceBuildpacks = Type.Object({
  updates: Type.Array(Type.Object({ buildpack: Type.Optional(Type.String()) }), {
    maxItems: MOST_BUILDPACKS,
  }),
})

export const presentBuildpackInstallation = (installation: BuildpackInstallation) => ({
  buildpack: { name: nameOf(installation), url: installation.url },
  ordinal: installation.ordinal,
})

const SINCE = '2024-06-01T00:00:00Z'

/** As Heroku's buildpack registry tells of a buildpack. */
export const presentRegistryEntry = (buildpack: BuiltInBuildpack) => ({
  id: derivedId('buildpack', slugOf(buildpack)),
  blob_url: urnOf(buildpack),
  category: 'languages',
  created_at: SINCE,
  description: buildpack.description,
  name: buildpack.name,
  namespace: buildpack.namespace,
  source: { type: 'built-in', owner: 'sluice', repo: slugOf(buildpack) },
  support: { method: 'platform', address: 'Whoever runs this platform' },
  two_factor_authentication: false,
  updated_at: SINCE,
})

/** A built-in buildpack has the one version that this platform brings. */
export const presentRegistryRevision = (buildpack: BuiltInBuildpack) => ({
  id: derivedId('buildpack-revision', slugOf(buildpack)),
  created_at: SINCE,
  license: 'MIT',
  release: 1,
  status: 'published',
  updated_at: SINCE,
})

export const presentRegistryReadme = (buildpack: BuiltInBuildpack) => ({
  content: Buffer.from(buildpack.description).toString('base64'),
  encoding: 'base64',
})
