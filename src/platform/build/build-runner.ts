import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { BuildSlots } from './build-slots.ts'

/** Who builds, in every row and event that a build writes for itself. */
export const BUILDER = systemActor('build')

export type BuildNeeds = Pick<
  Platform,
  'db' | 'keyring' | 'log' | 'logs' | 'notifications' | 'paths' | 'store'
> & { slots: BuildSlots }
