import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import type { PlatformSettings } from '#/platform/platform.ts'
import type { AppView } from './app-view-store.ts'
import { Reference } from './reference.ts'
import { REGION } from './region-schema.ts'

const Few = Type.Array(Type.String(), { maxItems: 1000 })

export const UpdateApp = Type.Object({
  name: Type.Optional(Type.String()),
  maintenance: Type.Optional(Type.Boolean()),
  build_stack: Type.Optional(Reference),
})

export const FilterApps = Type.Object({
  in: Type.Object({ id: Type.Optional(Few), name: Type.Optional(Few) }),
})

/** Heroku's app, with everything the CLI reads. */
export const presentApp = (app: AppView, settings: PlatformSettings) => {
  const team = app.ownerId === null ? { id: app.teamId, name: app.teamName } : null
  return {
    id: app.id,
    name: app.name,
    acm: false,
    archived_at: null,
    base_image_name: null,
    build_stack: presentStackName(app.buildStack),
    buildpack_provided_description: app.slugDescription,
    buildpacks: null,
    create_status: 'complete',
    created_at: app.createdAt,
    current_build_architecture: [],
    generation: { id: derivedId('generation', 'cedar'), name: 'cedar' },
    git_url: gitUrl(app, settings),
    internal_routing: false,
    joined: true,
    locked: app.locked,
    maintenance: app.maintenance,
    owner: ownerOf(app),
    organization: team,
    team,
    process_tier: 'standard',
    region: REGION,
    released_at: app.releasedAt,
    repo_size: null,
    slug_size: app.slugSize,
    space: null,
    stack: presentStackName(app.stack),
    updated_at: app.updatedAt,
    web_url: webUrl(app, settings),
  }
}

export const gitUrl = (
  { name }: Pick<AppView, 'name'>,
  { apiHost, apiPort }: Pick<PlatformSettings, 'apiHost' | 'apiPort'>,
): string => `https://${apiHost}:${apiPort}/${name}.git`

/** Where visitors reach it. */
export const webUrl = (
  { hostname }: Pick<AppView, 'hostname'>,
  { routerPort }: Pick<PlatformSettings, 'routerPort'>,
): string => `http://${hostname}:${routerPort}/`

export const presentStackName = (name: string) => ({ id: derivedId('stack', name), name })

/** Heroku gives a team an address of this domain, by which the CLI tells a team's apps from a person's. */
const ownerOf = (app: AppView): { id: string; email: string } =>
  app.ownerId !== null && app.ownerEmail !== null
    ? { id: app.ownerId, email: app.ownerEmail }
    : { id: app.teamId, email: `${app.teamName}@herokumanager.com` }
