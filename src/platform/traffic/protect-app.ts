import { randomBytes } from 'node:crypto'
import { sha256 } from '#/foundation/ids.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { changeTraffic } from './change-traffic.ts'

/**
 * Closes an app to the public with a password that is made here, and told once. It is as random as a key, so that a
 * salted hash that routers check in microseconds keeps it as well as a slow one would.
 */
export const protectApp = async (
  platform: Pick<Platform, 'db'>,
  actor: Actor,
  app: App,
  user: string,
): Promise<{ user: string; password: string }> => {
  const password = randomBytes(18).toString('base64url')
  const authSalt = randomBytes(16).toString('hex')
  const authHash = sha256(`${authSalt}${user}:${password}`).toString('hex')
  await changeTraffic(platform, actor, app, { authUser: user, authSalt, authHash })
  return { user, password }
}

export const openApp = async (
  platform: Pick<Platform, 'db'>,
  actor: Actor,
  app: App,
): Promise<void> => {
  await changeTraffic(platform, actor, app, { authUser: null, authSalt: null, authHash: null })
}
