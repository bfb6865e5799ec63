import type { Permission } from '#/platform/team/team.ts'

/**
 * What may be done around the review and test apps of a pipeline, and which permissions on those apps allow it: any one
 * of them. They do not contain one another: `manage` alone does not deploy.
 */
export const EPHEMERAL_ACTIONS = {
  'view pull requests': ['view', 'deploy', 'operate', 'manage'],
  'view review apps': ['view', 'deploy', 'operate', 'manage'],
  'open review apps': ['view', 'deploy', 'operate', 'manage'],
  'create review apps': ['view', 'deploy', 'operate', 'manage'],
  'delete review apps': ['view', 'deploy', 'operate', 'manage'],
  'view builds': ['deploy', 'operate', 'manage'],
  'edit config vars of review apps': ['deploy', 'operate', 'manage'],
  'view tests': ['view', 'deploy', 'operate', 'manage'],
  'create test runs': ['deploy', 'manage'],
  'cancel test runs': ['manage'],
  /** The one setting of a pipeline that is not for its owner and its team's admins only. */
  'enable CI': ['manage'],
} as const satisfies Record<string, readonly Permission[]>
