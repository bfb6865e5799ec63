import { transaction } from '#/foundation/db.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent, type NewEvent } from '#/platform/event/event-store.ts'
import { getPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findTeam } from '#/platform/team/team-store.ts'
import { countRefusals, lockRefusals } from './refusal-store.ts'

export type Refusal = {
  method: string
  /** The route's pattern, without what was asked for. */
  path: string
  params: Record<string, string>
  /** What the route needs, such as `app:deploy`. */
  needs: string
  message: string
}

/** Of one actor and minute; more would let whoever may do nothing fill the disk. */
export const MOST_REFUSALS_A_MINUTE = 20

const ACTIONS: Record<string, NewEvent['action']> = { POST: 'create', DELETE: 'destroy' }

/** Writes down that somebody tried what they may not do. The last one of a minute says that more are left out. */
export const recordRefusal = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { method, path, params, needs, message }: Refusal,
): Promise<void> => {
  const target = await findTarget(db, actor, params)
  await transaction(db, async (tx) => {
    await lockRefusals(tx, actor)
    const before = await countRefusals(tx, actor)
    if (before >= MOST_REFUSALS_A_MINUTE) return
    const isLast = before === MOST_REFUSALS_A_MINUTE - 1
    await insertEvent(tx, actor, {
      resource: needs.split(':')[0] ?? needs,
      action: ACTIONS[method] ?? 'update',
      result: 'refused',
      ...target,
      after: {
        request: `${method} ${path}`,
        needs,
        reason: message,
        ...(isLast ? { note: 'Further refusals of this minute are not written down.' } : {}),
      },
    })
  })
}

/** What the path names, as far as the actor may see it: else they would have been told that it is not there. */
const findTarget = async (
  db: Platform['db'],
  actor: Actor,
  params: Record<string, string>,
): Promise<Pick<NewEvent, 'resourceId' | 'appId' | 'pipelineId' | 'teamId'>> => {
  const { app, pipeline, team } = params
  const orNone = (): undefined => undefined
  if (app !== undefined) {
    const found = await getApp(db, actor, app, 'view').catch(orNone)
    return found ? { resourceId: found.id, appId: found.id, teamId: found.teamId } : {}
  }
  if (pipeline !== undefined) {
    const found = await getPipeline(db, actor, pipeline, 'view').catch(orNone)
    return found ? { resourceId: found.id, pipelineId: found.id, teamId: found.teamId } : {}
  }
  const found = team === undefined ? undefined : await findTeam(db, actor, team)
  return found ? { resourceId: found.id, teamId: found.id } : {}
}
