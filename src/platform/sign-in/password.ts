import { aboutField, invalidParams, type ApiError } from '#/foundation/errors.ts'

const SHORTEST = 8
const LONGEST = 200

/** @throws 422 if it is too short or too long; nothing else is asked of a password. */
export const checkNewPassword = (password: string): void => {
  const length = Array.from(password).length
  if (length < SHORTEST)
    throw refused(`The password is too short: it must have at least ${SHORTEST} characters.`)
  if (length > LONGEST)
    throw refused(`The password is too long: it may have at most ${LONGEST} characters.`)
}

const refused = (message: string): ApiError => aboutField('new-password', invalidParams(message))
