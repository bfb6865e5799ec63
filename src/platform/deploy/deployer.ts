import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'

/** Who deploys, in every row and event that a deploy writes. */
export const DEPLOYER = systemActor('deploy')

export type DeployNeeds = Pick<Platform, 'db' | 'notifications' | 'logs' | 'log'>
