import { Type } from 'typebox'
import type { PlatformSettings } from '#/platform/platform.ts'
import type { Team } from '#/platform/team/team.ts'
import type { App } from './app.ts'

/** Commands send a thing now as a bare name or id, now as `{name}` or `{id}`. */
export const Reference = Type.Union([
  Type.String(),
  Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) }),
])

export const referenceOf = (value: string | { id?: string; name?: string }): string =>
  typeof value === 'string' ? value : (value.id ?? value.name ?? '')

export const UpdateApp = Type.Object({
  name: Type.Optional(Type.String()),
  maintenance: Type.Optional(Type.Boolean()),
  build_stack: Type.Optional(Reference),
})

export type AppSurroundings = {
  settings: PlatformSettings
  owner: { id: string; email: string } | null
  team: Pick<Team, 'id' | 'name'> | null
  hostname: string
  slugSize: number | null
}

const REGION = { id: '59accabd-516d-4f0e-83e6-6e3757701145', name: 'us' }

/** Heroku's app, with everything the CLI reads. */
export const presentApp = (
  app: App,
  { settings, owner, team, hostname, slugSize }: AppSurroundings,
) => ({
  id: app.id,
  name: app.name,
  acm: false,
  archived_at: null,
  build_stack: { id: app.buildStack, name: app.buildStack },
  buildpack_provided_description: null,
  create_status: 'complete',
  created_at: app.createdAt,
  generation: { id: 'cedar', name: 'cedar' },
  git_url: `https://${settings.apiHost}:${settings.apiPort}/${app.name}.git`,
  internal_routing: false,
  maintenance: app.maintenance,
  owner,
  organization: team,
  team,
  region: REGION,
  space: null,
  stack: { id: app.stack, name: app.stack },
  process_tier: 'standard',
  released_at: app.releasedAt,
  repo_size: null,
  slug_size: slugSize,
  updated_at: app.updatedAt,
  web_url: `http://${hostname}:${settings.routerPort}/`,
})
