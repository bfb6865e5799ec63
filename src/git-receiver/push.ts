import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'

/** A `git push` under way, from its request until git has ended. */
export type Push = {
  /** Known to git's hooks alone; what lets them speak for this push. */
  secret: string
  app: App
  actor: Actor
  repository: string
  /** Once it has begun one. */
  buildId?: string
  /** Where it is about to move branches, once it may. */
  movesId?: string
  /** Its git has ended. */
  hasEnded: boolean
}

export type ReceiverNeeds = Pick<
  Platform,
  'db' | 'keyring' | 'logs' | 'log' | 'notifications' | 'paths' | 'settings'
> & {
  /** This process in the table of workers. */
  workerId: string
  /** Ends everything. */
  stopped: AbortSignal
}
