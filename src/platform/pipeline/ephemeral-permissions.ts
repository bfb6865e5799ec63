import { invalidParams } from '#/foundation/errors.ts'
import { isPermission, type Permission } from '#/platform/team/team.ts'
import { EPHEMERAL_ACTIONS } from './ephemeral-table.ts'

export type EphemeralAction = keyof typeof EPHEMERAL_ACTIONS

/** True if one of the permissions held allows the action. */
export const allowsOnEphemeral = (held: readonly Permission[], action: EphemeralAction): boolean =>
  EPHEMERAL_ACTIONS[action].some((permission) => held.includes(permission))

const ALL = ['view', 'deploy', 'operate', 'manage'] as const satisfies readonly Permission[]

/** As a set is kept: in order, each once, and always with `view`. @throws 422 in words */
export const permissionSetOf = (names: readonly string[]): Permission[] => {
  const unknown = names.find((name) => !isPermission(name))
  if (unknown !== undefined)
    throw invalidParams(`There is no permission '${unknown}'. There are ${ALL.join(', ')}.`)
  return ALL.filter((permission) => permission === 'view' || names.includes(permission))
}
