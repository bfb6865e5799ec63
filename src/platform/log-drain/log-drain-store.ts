import { seal, sign, unseal } from '#/foundation/crypto.ts'
import type { Db } from '#/foundation/db.ts'
import { newId } from '#/foundation/ids.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Keyring } from '#/platform/platform.ts'
import type { LogDrain } from './log-drain.ts'

type Needs = { db: Db; keyring: Keyring }
type Row = Omit<LogDrain, 'url'> & { sealedUrl: string }

const COLUMNS = [
  'logDrains.id',
  'logDrains.appId',
  'logDrains.token',
  'logDrains.sealedUrl',
  'logDrains.createdAt',
  'logDrains.updatedAt',
] as const

/** The oldest first. */
export const listLogDrains = async (
  needs: Needs,
  _actor: Actor,
  appId: string,
): Promise<LogDrain[]> => {
  const rows = await needs.db
    .selectFrom('logDrains')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return Promise.all(rows.map((row) => open(needs, row)))
}

/** Those of all apps that are there. */
export const listAllLogDrains = async (needs: Needs): Promise<LogDrain[]> => {
  const rows = await needs.db
    .selectFrom('logDrains')
    .innerJoin('apps', 'apps.id', 'logDrains.appId')
    .select(COLUMNS)
    .where('apps.destroyedAt', 'is', null)
    .orderBy('logDrains.id')
    .execute()
  return Promise.all(rows.map((row) => open(needs, row)))
}

/** @throws a violation of `log_drains_url_key` if the app has a drain to that URL */
export const insertLogDrain = async (
  { db, keyring }: Needs,
  _actor: Actor,
  { appId, url }: Pick<LogDrain, 'appId' | 'url'>,
): Promise<LogDrain> => {
  const id = newId()
  const key = await getDataKey(db, keyring, appId)
  const row = await db
    .insertInto('logDrains')
    .values({
      id,
      appId,
      token: `d.${newId()}`,
      sealedUrl: seal(key, place(id, appId), url),
      urlTag: sign(key, url),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  return { ...withoutSeal(row), url }
}

/** False if it was gone already. */
export const deleteLogDrain = async (tx: Db, _actor: Actor, id: string): Promise<boolean> =>
  (await tx.deleteFrom('logDrains').where('id', '=', id).returning('id').executeTakeFirst()) !==
  undefined

export const deleteLogDrainsOfApp = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await tx.deleteFrom('logDrains').where('appId', '=', appId).execute()
}

const open = async ({ db, keyring }: Needs, row: Row): Promise<LogDrain> => {
  const key = await getDataKey(db, keyring, row.appId)
  const url = unseal(key, place(row.id, row.appId), row.sealedUrl).toString()
  return { ...withoutSeal(row), url }
}

const withoutSeal = ({ sealedUrl: _sealed, ...row }: Row): Omit<LogDrain, 'url'> => row

const place = (id: string, appId: string): string[] => ['log_drains', 'sealed_url', id, appId]
