import { BuildRejection } from '#/builder/build-rejection.ts'
import { checkProcessTypes } from '#/builder/procfile.ts'
import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertSlugUpload } from '#/platform/slug/slug-upload-store.ts'
import { UPLOAD_LIFETIME_MS, type SlugUpload } from '#/platform/slug/slug-upload.ts'

export type NewSlugUpload = Omit<SlugUpload, 'id' | 'appId' | 'createdAt' | 'expiresAt'>

/** Announces a slug that the client makes itself. It can be released once its files have come. */
export const createSlugUpload = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id: appId }: App,
  input: NewSlugUpload,
): Promise<SlugUpload> => {
  checkTypes(input.processTypes)
  return transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, appId)
    const expiresAt = new Date(Date.now() + UPLOAD_LIFETIME_MS)
    const upload = await insertSlugUpload(tx, actor, { ...input, appId: app.id, expiresAt })
    await insertEvent(tx, actor, {
      resource: 'slug',
      resourceId: upload.id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: { commit: upload.commit, stack: upload.stack },
    })
    return upload
  })
}

const checkTypes = (processTypes: Record<string, string>): void => {
  try {
    checkProcessTypes(processTypes)
  } catch (error) {
    throw error instanceof BuildRejection ? invalidParams(error.message) : error
  }
}
