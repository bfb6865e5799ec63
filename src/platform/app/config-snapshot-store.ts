import type { Db } from '#/foundation/db.ts'
import { seal, unseal } from '#/foundation/crypto.ts'
import { newId } from '#/foundation/ids.ts'
import type { Keyring } from '#/platform/platform.ts'
import { getDataKey, openAppKey } from '#/platform/data-key-store.ts'

/** All config of an app at one moment. A snapshot never changes; releases point at it. */
export type ConfigSnapshot = {
  /** What people set. */
  own: Record<string, string>
  /** What add-ons gave, by attachment name: `{DATABASE: {DATABASE_URL: 'postgres://…'}}`. */
  attached: Record<string, Record<string, string>>
}

export const EMPTY_CONFIG: ConfigSnapshot = { own: {}, attached: {} }

/** The variables as an app's processes see them. An attachment's value wins over one that somebody set by hand. */
export const configVarsOf = ({ own, attached }: ConfigSnapshot): Record<string, string> =>
  Object.assign({}, own, ...Object.values(attached)) as Record<string, string>

type Needs = { db: Db; keyring: Keyring }

export const insertConfigSnapshot = async (
  { db, keyring }: Needs,
  appId: string,
  snapshot: ConfigSnapshot,
): Promise<string> => {
  const id = newId()
  const key = await getDataKey(db, keyring, appId)
  await db
    .insertInto('configSnapshots')
    .values({
      id,
      appId,
      keys: Object.keys(configVarsOf(snapshot)).sort(),
      sealed: seal(key, place(id, appId), JSON.stringify(snapshot)),
      errorPageUrl: pageUrl(snapshot, 'ERROR_PAGE_URL'),
      maintenancePageUrl: pageUrl(snapshot, 'MAINTENANCE_PAGE_URL'),
    })
    .execute()
  return id
}

/** Routers show these pages to everybody, so they are no secret. What is no plain address of the web is none. */
const pageUrl = (snapshot: ConfigSnapshot, key: string): string | null => {
  const value = configVarsOf(snapshot)[key]
  const url = value === undefined || value.length > LONGEST_URL ? null : URL.parse(value)
  const isPlain = url !== null && url.username === '' && url.password === ''
  return isPlain && ['http:', 'https:'].includes(url.protocol) ? url.href : null
}

const LONGEST_URL = 1_000

/** null is the config of an app that never had any. */
export const readConfigSnapshot = async (
  { db, keyring }: Needs,
  id: string | null,
): Promise<ConfigSnapshot> => {
  if (id === null) return EMPTY_CONFIG
  const { appId, sealed, ...wrappedKey } = await db
    .selectFrom('configSnapshots')
    .innerJoin('dataKeys', 'dataKeys.appId', 'configSnapshots.appId')
    .select(['configSnapshots.appId', 'sealed', 'wrapped', 'masterKeyId'])
    .where('configSnapshots.id', '=', id)
    .executeTakeFirstOrThrow()
  const key = openAppKey(keyring, appId, wrappedKey)
  return JSON.parse(unseal(key, place(id, appId), sealed).toString()) as ConfigSnapshot
}

const place = (id: string, appId: string): string[] => ['config_snapshots', 'sealed', id, appId]
