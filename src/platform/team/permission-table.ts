import type { Permission, Role } from './team.ts'

/** Any one of these permissions will do. */
export type Needed = Permission | readonly Permission[]

export const listOf = (needed: Needed): readonly Permission[] =>
  typeof needed === 'string' ? [needed] : needed

/**
 * The one table of what each thing one does to an app takes. Routes name a row of it; docs/permissions.md is made
 * from it, and a test calls every route with each permission alone.
 */
export const NEEDED = {
  look: ['view'],
  join: ['view'],
  code: ['deploy'],
  config: ['deploy', 'operate'],
  addOns: ['deploy', 'operate'],
  rollback: ['deploy', 'operate'],
  oneOffDynos: ['deploy', 'operate'],
  promotion: ['deploy'],
  logs: ['operate'],
  drains: ['operate'],
  metrics: ['operate'],
  restart: ['operate'],
  scale: ['operate'],
  domains: ['operate'],
  features: ['operate'],
  maintenance: ['operate'],
  stack: ['operate'],
  rename: ['manage'],
  transfer: ['manage'],
  lock: ['manage'],
  collaborators: ['manage'],
  destroy: ['manage'],
} as const satisfies Record<string, readonly Permission[]>

/** The same in words, for people. */
export const ACTIONS: Record<keyof typeof NEEDED, string> = {
  look: 'See the app, who has access, its activity, releases, builds, dynos, domains and the names of its add-ons',
  join: 'Add oneself to an unlocked app of one’s team, take oneself out',
  code: 'Push and fetch code, build, choose buildpacks, release a slug',
  config: 'Read and change config vars',
  addOns: 'Create, attach, rename, detach and destroy add-ons',
  rollback: 'Roll back to an earlier release',
  oneOffDynos: 'Run one-off dynos',
  promotion:
    'Add to and remove from a pipeline, promote from and to it (on every app that takes part)',
  logs: 'Read logs',
  drains: 'See, add and remove log drains',
  metrics: 'Read metrics',
  restart: 'Restart and stop dynos',
  scale: 'Scale and resize',
  domains: 'Add, change and remove domains',
  features: 'Turn features on and off',
  maintenance: 'Turn maintenance mode on and off',
  stack: 'Choose the stack of the next build',
  rename: 'Rename',
  transfer: 'Transfer to another person or team',
  lock: 'Lock and unlock',
  collaborators: 'Add and remove people, say what they may do',
  destroy: 'Destroy',
}

/** What it takes in a team itself. Whoever has access to one of its apps counts as a collaborator of the team. */
export const TEAM_ROLES = {
  look: ['owner', 'admin', 'member', 'viewer', 'collaborator'],
  people: ['owner', 'admin', 'member', 'viewer'],
  createApps: ['owner', 'admin', 'member'],
  run: ['owner', 'admin'],
  audit: ['owner', 'admin'],
  own: ['owner'],
} as const satisfies Record<string, readonly Role[]>
export type TeamAction = keyof typeof TEAM_ROLES

export const TEAM_ACTIONS: Record<TeamAction, string> = {
  look: 'See that the team is there, and its features; leave it',
  people: 'See its members, invitations and preferences',
  createApps: 'Create apps in it, and transfer apps to it',
  run: 'Invite, change and remove people (owners excepted), rename it, keep its preferences',
  audit: 'Read its audit log, addresses too',
  own: 'Make and unmake owners, destroy it',
}
