import { forbidden } from '#/foundation/errors.ts'
import type { Actor } from './actor.ts'

/** Heroku's scopes, which a person may give a token. */
export const SCOPES = [
  'global',
  'identity',
  'read',
  'write',
  'read-protected',
  'write-protected',
] as const

/** `deploy` is what deploy tokens have: less than write, and not to be asked for. */
export type Scope = (typeof SCOPES)[number] | 'deploy'

/** Each scope with all that it covers. Protected is what shows or changes secrets, such as config vars. */
const COVERED: Record<Scope, readonly Scope[]> = {
  identity: ['identity'],
  read: ['identity', 'read'],
  deploy: ['identity', 'read', 'deploy'],
  write: ['identity', 'read', 'deploy', 'write'],
  'read-protected': ['identity', 'read', 'read-protected'],
  'write-protected': ['identity', 'read', 'deploy', 'write', 'read-protected', 'write-protected'],
  global: [...SCOPES, 'deploy'],
}

export const isScope = (text: string): text is Scope => Object.hasOwn(COVERED, text)

export const covers = (held: readonly Scope[], needed: Scope): boolean =>
  held.some((scope) => COVERED[scope].includes(needed))

/** @throws 403 that names the scope which would do */
export const requireScope = ({ scope }: Pick<Actor, 'scope'>, needed: Scope): void => {
  if (covers(scope, needed)) return
  const would = needed === 'deploy' ? 'write' : needed
  throw forbidden(
    `This token's scope (${scope.join(', ') || 'none'}) does not cover this. It takes a token with the scope ${would}.`,
  )
}
