import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { readConfigMarks, writeConfigMark } from './config-mark-store.ts'
import { MOST_MARKS, type ConfigMark } from './config-mark.ts'
import { assertKey } from './config-var.ts'

/** Marks config vars, which need not be set yet; null takes a mark away. Running dynos follow at once, without a release. */
export const changeConfigMarks = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id, teamId }: Pick<App, 'id' | 'teamId'>,
  wanted: Record<string, ConfigMark | null>,
): Promise<Record<string, ConfigMark>> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, id)
    const before = await readConfigMarks(tx, id)
    const changes = Object.entries(wanted).filter(([key, mark]) => {
      assertKey(key)
      return (before[key] ?? null) !== mark
    })
    if (changes.length === 0) return before
    for (const [key, mark] of changes) await writeConfigMark(tx, id, { key, mark })
    const after = await readConfigMarks(tx, id)
    if (Object.keys(after).length > MOST_MARKS)
      throw invalidParams(`${MOST_MARKS} config vars of an app can be marked at most.`)
    const among = (marks: Record<string, ConfigMark>) =>
      Object.fromEntries(changes.map(([key]) => [key, marks[key] ?? 'default']))
    await insertEvent(tx, actor, {
      resource: 'config-var',
      action: 'update',
      appId: id,
      teamId,
      before: { marks: among(before) },
      after: { marks: among(after) },
    })
    return after
  })
