import { sql } from 'kysely'
import { seal, unseal } from '#/foundation/crypto.ts'
import { snapshot, type Db } from '#/foundation/db.ts'
import { newId } from '#/foundation/ids.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Keyring } from '#/platform/platform.ts'
import type { Certificate } from './certificate.ts'
import type { ServedCertificate } from './certificate-feed.ts'
import type { CertificateFacts } from './read-certificate.ts'

const COLUMNS = [
  'id',
  'appId',
  'name',
  'chain',
  'names',
  'subject',
  'issuer',
  'startsAt',
  'expiresAt',
  'selfSigned',
  'caSigned',
  'createdAt',
  'updatedAt',
] as const

type Needs = { db: Db; keyring: Keyring }
/** What is stored of a certificate. */
type Given = { facts: CertificateFacts; privateKey: string }

export const listCertificates = (db: Db, _actor: Actor, appId: string): Promise<Certificate[]> =>
  db
    .selectFrom('certificates')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .orderBy('createdAt')
    .orderBy('name')
    .execute()

/** @throws a violation of `certificates_name_key` if the app has one of that name. */
export const insertCertificate = async (
  { db, keyring }: Needs,
  _actor: Actor,
  { appId, name, given }: { appId: string; name: string; given: Given },
): Promise<Certificate> => {
  const id = newId()
  const sealedKey = seal(await getDataKey(db, keyring, appId), place(id, appId), given.privateKey)
  return db
    .insertInto('certificates')
    .values({ ...given.facts, id, appId, name, sealedKey })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
}

/** Undefined if it is gone. */
export const replaceCertificate = async (
  { db, keyring }: Needs,
  _actor: Actor,
  { id, appId }: Pick<Certificate, 'id' | 'appId'>,
  given: Given,
): Promise<Certificate | undefined> => {
  const sealedKey = seal(await getDataKey(db, keyring, appId), place(id, appId), given.privateKey)
  return db
    .updateTable('certificates')
    .set({ ...given.facts, sealedKey, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirst()
}

/** False if it was gone already. */
export const deleteCertificate = async (tx: Db, _actor: Actor, id: string): Promise<boolean> =>
  (await tx.deleteFrom('certificates').where('id', '=', id).returning('id').executeTakeFirst()) !==
  undefined

export type DomainOfCertificate = { id: string; hostname: string; certificateId: string | null }

/** The domains that people added to an app, with the certificate that each uses. */
export const listDomainsToServe = (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<DomainOfCertificate[]> =>
  db
    .selectFrom('domains')
    .select(['id', 'hostname', 'certificateId'])
    .where('appId', '=', appId)
    .where('kind', '=', 'custom')
    .orderBy('hostname')
    .execute()

export const setCertificateOfDomains = async (
  tx: Db,
  _actor: Actor,
  ids: string[],
  certificateId: string,
): Promise<void> => {
  if (ids.length === 0) return
  await tx
    .updateTable('domains')
    .set({ certificateId, updatedAt: sql<Date>`now()` })
    .where('id', 'in', ids)
    .execute()
}

const place = (id: string, appId: string): string[] => ['certificates', 'sealed_key', id, appId]

/**
 * Certificates that domains use, with their keys; all of them, or those that changed after `since`. One whose key cannot
 * be opened is told of, and keeps nobody from having the others.
 */
export const readCertificateFeed = async (
  { db, keyring }: Needs,
  since: number | undefined,
): Promise<{
  number: number
  set: ServedCertificate[]
  remove: string[]
  unreadable: string[]
}> => {
  const { number, rows } = await snapshot(db, async (tx) => {
    const { number } = await tx
      .selectFrom('feeds')
      .select('number')
      .where('name', '=', 'certificates')
      .executeTakeFirstOrThrow()
    const rows = await tx
      .selectFrom('certificateFeed')
      .leftJoin('certificates', 'certificates.id', 'certificateFeed.certificateId')
      .select((eb) => [
        'certificateFeed.certificateId as id',
        'certificates.appId',
        'certificates.chain',
        'certificates.sealedKey',
        eb
          .selectFrom('domains')
          .whereRef('domains.certificateId', '=', 'certificateFeed.certificateId')
          .select(sql<string[]>`coalesce(array_agg(hostname order by hostname), '{}')`.as('hosts'))
          .as('hosts'),
      ])
      .where('certificateFeed.feedNumber', '>', since ?? -1)
      .where((eb) => (since === undefined ? eb('certificates.id', 'is not', null) : eb.val(true)))
      .execute()
    return { number, rows }
  })
  const keys = new Map<string, Buffer>()
  const set: ServedCertificate[] = []
  const remove: string[] = []
  const unreadable: string[] = []
  for (const { id, appId, chain, sealedKey, hosts } of rows) {
    if (appId === null || chain === null || sealedKey === null || !hosts?.length) {
      remove.push(id)
      continue
    }
    try {
      const dataKey = keys.get(appId) ?? (await getDataKey(db, keyring, appId))
      keys.set(appId, dataKey)
      const key = unseal(dataKey, place(id, appId), sealedKey).toString()
      set.push({ id, hosts, chain, key })
    } catch {
      unreadable.push(id)
    }
  }
  return { number, set, remove: [...remove, ...unreadable], unreadable }
}
