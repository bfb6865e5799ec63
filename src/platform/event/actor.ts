/** Who does something: a signed-in account, or a part of the platform itself. Every store function takes one. */
export type Actor = {
  /** null: the platform itself, which sees everything. */
  accountId: string | null
  /** The account's e-mail address, or the platform's part (`deploy`, `worker`). */
  name: string
  authorizationId: string | null
  /** The browser's session, if it is one that acts. */
  sessionId?: string
  /** When the session's person last gave password and second factor. */
  signedInAt?: Date
  requestId: string | null
  remoteAddress: string | null
}

/** Stands for whoever shows no token: nobody's account. */
export const ANONYMOUS_ID = '00000000-0000-0000-0000-000000000000'

/** The platform acting on its own, in a job or at start. */
export const systemActor = (part: string): Actor => ({
  accountId: null,
  name: part,
  authorizationId: null,
  requestId: null,
  remoteAddress: null,
})
