import type { Db } from '#/foundation/db.ts'
import { ApiError, invalidParams, violates } from '#/foundation/errors.ts'
import { isNameOfAnotherTeam } from '#/platform/app/app-store.ts'
import { isValidName, NAME_RULE } from '#/platform/app/app.ts'
import { defaultHostname } from '#/platform/domain/domain.ts'
import type { PlatformSettings } from '#/platform/platform.ts'

export class NameTaken extends ApiError {
  constructor(name: string) {
    super(422, 'invalid_params', `Name ${name} is already taken`)
    this.name = 'NameTaken'
  }
}

/** Which host a new name gives. @throws 422 if the name breaks the rule, or is one that its team may not have */
export const claimName = async (
  tx: Db,
  settings: PlatformSettings,
  { name, teamId }: { name: string; teamId: string },
): Promise<{ hostname: string }> => {
  if (!isValidName(name)) throw invalidParams(NAME_RULE)
  const hostname = defaultHostname(name, settings)
  if (hostname === settings.apiHost.toLowerCase()) throw new NameTaken(name)
  if (await isNameOfAnotherTeam(tx, name, teamId)) throw new NameTaken(name)
  return { hostname }
}

/** Says in words that another app was quicker to take the name. */
export const asNameTaken = (error: unknown, name: string): unknown =>
  violates(error, 'apps_name_key') || violates(error, 'domains_hostname_key')
    ? new NameTaken(name)
    : error
