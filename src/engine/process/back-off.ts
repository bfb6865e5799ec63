/** Before the n-th restart of a dyno that ends by itself: 0, 10, 20, 40 … 300 s, each ± 10 %. */
export type BackOff = {
  delayMs: (crashes: number) => number
  /** A dyno that ran so long begins at 0 again. */
  resetAfterMs: number
}

const FIRST_MS = 10_000
const MOST_MS = 300_000

export const crashBackOff: BackOff = {
  delayMs: (crashes) => {
    if (crashes <= 1) return 0
    const delay = Math.min(FIRST_MS * 2 ** (crashes - 2), MOST_MS)
    return Math.round(delay * (0.9 + Math.random() * 0.2))
  },
  resetAfterMs: 600_000,
}
