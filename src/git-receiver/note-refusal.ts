import { ApiError } from '#/foundation/errors.ts'
import { recordRefusal } from '#/platform/audit/record-refusal.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { GitRequest } from './git-request.ts'
import type { ReceiverNeeds } from './push.ts'

/** Writes down a push by somebody who may not, and throws its error again. */
export const noteRefusal = async (
  { db, log }: Pick<ReceiverNeeds, 'db' | 'log'>,
  actor: Actor,
  { app, service }: GitRequest,
  error: unknown,
): Promise<never> => {
  if (error instanceof ApiError && error.status === 403 && service === 'git-receive-pack')
    await recordRefusal({ db }, actor, {
      method: 'POST',
      path: '/:app.git/git-receive-pack',
      params: { app },
      needs: 'app:deploy',
      message: error.message,
    }).catch((failure: unknown) => log.error({ err: failure }, 'a refusal cannot be written down'))
  throw error
}
