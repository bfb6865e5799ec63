import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { listLivingDynos, updateTerminalSize, type TerminalSize } from './dyno-store.ts'
import { dynoName, type Dyno } from './dyno.ts'

/**
 * The window that shows the terminal of a one-off dyno has another size. Like what is typed there it changes nothing of
 * the app, and so is no event of it.
 */
export const resizeTerminal = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  app: Pick<App, 'id'>,
  { dyno: ref, ...size }: TerminalSize & { dyno: string },
): Promise<Dyno & { releaseVersion: number }> =>
  transaction(db, async (tx) => {
    const dynos = await listLivingDynos(tx, actor, app.id)
    const found = dynos.find((dyno) => dyno.id === ref || dynoName(dyno) === ref)
    if (!found) throw notFound('dyno')
    if (!(await updateTerminalSize(tx, actor, found.id, size)))
      throw invalidParams(`${dynoName(found)} has no terminal.`)
    return found
  })
