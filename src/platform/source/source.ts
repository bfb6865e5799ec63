/** A tarball that a client uploads before it asks for a build of it. */
export type Source = {
  id: string
  accountId: string
  /** Bytes; null until it is uploaded. */
  size: number | null
  /** Hex; null until it is uploaded. */
  sha256: string | null
  createdAt: Date
  expiresAt: Date
}

/** How long its URLs can be used. */
export const SOURCE_LIFETIME_MS = 3_600_000

/** A build that was asked for in time may begin later; the bytes are kept for so long beyond that. */
export const SOURCE_GRACE_MS = 24 * 3_600_000
