import { capabilityUrl, isCapability } from '#/platform/capability.ts'
import type { Platform } from '#/platform/platform.ts'
import { SOURCE_LIFETIME_MS, type Source } from './source.ts'

type Needs = Pick<Platform, 'keyring' | 'settings'>

/** Where its bytes are sent to, and where they are fetched from: two paths, so that a reader cannot replace them. */
export const sourceUrls = (needs: Needs, { id }: Pick<Source, 'id'>) => ({
  put_url: capabilityUrl(needs, `/source-blobs/${id}/upload`, SOURCE_LIFETIME_MS),
  get_url: capabilityUrl(needs, `/source-blobs/${id}`, SOURCE_LIFETIME_MS),
})

/**
 * The id of the source if this is a `get_url` of ours that could be used then; undefined for any other URL.
 * @param at milliseconds since 1970; now if not given
 */
export const sourceIdOf = (
  needs: Pick<Platform, 'keyring'>,
  url: string,
  at?: number,
): string | undefined => {
  const parsed = URL.parse(url)
  const [, id] = /^\/source-blobs\/([0-9a-f-]{36})$/.exec(parsed?.pathname ?? '') ?? []
  return parsed && id !== undefined && isCapability(needs, parsed, at) ? id : undefined
}
