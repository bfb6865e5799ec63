import { invalidParams } from '#/foundation/errors.ts'

export type Account = {
  id: string
  email: string
  name: string | null
  /** Whether signing in takes a code besides the password. */
  twoFactor: boolean
  lastLoginAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export type Authorization = {
  id: string
  accountId: string
  description: string | null
  scope: string[]
  tokenHint: string
  expiresAt: Date | null
  revokedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** `sluice-12…cdef`: enough to tell tokens apart, as the CLI expects of a masked one. */
export const hintOf = (token: string): string => `${token.slice(0, 9)}**********${token.slice(-4)}`

const ADDRESS = /^[^@\s\p{C}]{1,190}@[^@\s\p{C}]{1,60}$/u

/** An e-mail address as it is compared. @throws 422 */
export const readAddress = (text: string): string => {
  const email = text.toLowerCase()
  if (!ADDRESS.test(email)) throw invalidParams('That is no e-mail address.')
  return email
}
