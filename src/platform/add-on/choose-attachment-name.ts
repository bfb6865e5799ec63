import type { Db } from '#/foundation/db.ts'
import { ApiError, invalidParams } from '#/foundation/errors.ts'
import type { App } from '#/platform/app/app.ts'
import { readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { AddOnService } from './add-on-service.ts'
import {
  ATTACHMENT_NAME_RULE,
  configVarOf,
  freeAttachmentName,
  isValidAttachmentName,
  type Attachment,
} from './add-on.ts'
import { listAttachedTo } from './attachment-store.ts'

export type ChosenName = {
  name: string
  /** An attachment of that name that the app has now. */
  replaces: Attachment | undefined
}

/**
 * The name for a new attachment on the app, whose row is locked. A wished one that hides something the app has now
 * needs the app's name as confirmation (Heroku's 423).
 */
export const chooseAttachmentName = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  app: App,
  service: AddOnService,
  { wished, confirm }: { wished: string | undefined; confirm: string | undefined },
): Promise<ChosenName> => {
  const attached = await listAttachedTo(needs.db, app.id)
  const { own } = await readConfigSnapshot(needs, app.configSnapshotId)
  const find = (name: string): Attachment | undefined => attached.find((one) => one.name === name)
  const isOwn = (name: string): boolean => own[configVarOf(name)] !== undefined
  if (wished === undefined)
    return {
      name: freeAttachmentName(service, (name) => find(name) !== undefined || isOwn(name)),
      replaces: undefined,
    }
  const name = wished.toUpperCase()
  if (!isValidAttachmentName(name)) throw invalidParams(ATTACHMENT_NAME_RULE)
  const replaces = find(name)
  if ((replaces || isOwn(name)) && confirm !== app.name)
    throw new ApiError(
      423,
      'confirmation_required',
      `${configVarOf(name)} is already set on ${app.name}. To overwrite it, confirm with the name of the app.`,
    )
  return { name, replaces }
}
