import type { Platform } from '#/platform/platform.ts'
import { deleteExpiredLinks } from './account-link-store.ts'
import { deleteExpiredCliLogins } from './cli-login-store.ts'
import { deleteEndedSessions } from './session-store.ts'
import { deleteOldAttempts } from './sign-in-attempt-store.ts'

export const tidySignIns = async ({ db }: Pick<Platform, 'db'>): Promise<void> => {
  await deleteEndedSessions(db)
  await deleteExpiredLinks(db)
  await deleteExpiredCliLogins(db)
  await deleteOldAttempts(db)
}
