import { ArtifactMissingError, DamagedArtifactError } from '#/artifact-store/artifact-store.ts'
import type { Platform } from '#/platform/platform.ts'

export type SlugCheck = 'verified' | 'missing' | 'damaged'

/**
 * Whether the slug can be run as it was built: it is unpacked on this host, and each of its files is what was hashed
 * then, which is what the engine looks at before it starts a dyno.
 */
export const checkSlug = async (
  store: Platform['store'],
  { digest }: { digest: string },
): Promise<SlugCheck> => {
  try {
    await store.materialize(digest)
    return 'verified'
  } catch (error) {
    if (error instanceof ArtifactMissingError) return 'missing'
    if (error instanceof DamagedArtifactError) return 'damaged'
    throw error
  }
}
