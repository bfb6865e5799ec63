import { ApiError } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'

const FRESH_MS = 10 * 60_000

/**
 * What may cost a team dearly wants its person, not just their browser: password and code within the last ten
 * minutes. A token is its own proof: whoever made it had to be fresh.
 */
export const isFreshSignIn = ({ sessionId, signedInAt }: Actor): boolean =>
  sessionId === undefined ||
  (signedInAt !== undefined && Date.now() - signedInAt.getTime() < FRESH_MS)

/** @throws 403 `sign_in_again` */
export const requireFreshSignIn = (actor: Actor): void => {
  if (!isFreshSignIn(actor))
    throw new ApiError(
      403,
      'sign_in_again',
      'This needs you to sign in again, as you did so last more than ten minutes ago.',
    )
}
