import { getDataKey } from '#/platform/data-key-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { hashOfValue } from '#/platform/slug/baked-in.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import type { Criteria } from './plan-findings.ts'

/** Config vars whose values at a slug's build are in its files, of which `config` has others or none. */
export const findBakedIn = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  { appId, bakedIn }: Pick<Slug, 'appId' | 'bakedIn'>,
  config: Record<string, string> | null,
): Promise<Criteria['bakedIn']> => {
  if (!bakedIn || !config || Object.keys(bakedIn).length === 0) return []
  const key = await getDataKey(db, keyring, appId)
  return Object.entries(bakedIn)
    .filter(
      ([name, { hash }]) => !Object.hasOwn(config, name) || hashOfValue(key, config[name]) !== hash,
    )
    .map(([name, { count, files }]) => ({ key: name, count, files }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}
