import type { Permission } from './team.ts'

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
  code: ['deploy'],
  config: ['deploy', 'operate'],
  addOns: ['deploy', 'operate'],
  rollback: ['deploy', 'operate'],
  oneOffDynos: ['deploy', 'operate'],
  promotion: ['deploy'],
  logs: ['operate'],
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
  code: 'Push and fetch code, build, choose buildpacks, release a slug',
  config: 'Read and change config vars',
  addOns: 'Create, attach, rename, detach and destroy add-ons',
  rollback: 'Roll back to an earlier release',
  oneOffDynos: 'Run one-off dynos',
  promotion:
    'Add to and remove from a pipeline, promote from and to it (on every app that takes part)',
  logs: 'Read logs',
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
