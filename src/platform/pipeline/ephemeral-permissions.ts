import type { Permission } from '#/platform/team/team.ts'
import { EPHEMERAL_ACTIONS } from './ephemeral-table.ts'

export type EphemeralAction = keyof typeof EPHEMERAL_ACTIONS

/** True if one of the permissions held allows the action. */
export const allowsOnEphemeral = (held: readonly Permission[], action: EphemeralAction): boolean =>
  EPHEMERAL_ACTIONS[action].some((permission) => held.includes(permission))
