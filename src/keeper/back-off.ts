/** Pauses before a process that died is started again, in milliseconds; the last one from then on. */
const PAUSES_MS = [0, 100, 200, 400, 800, 1_600, 3_200, 5_000]

/** One that lived so long died for another reason than the time before. */
const HEALTHY_MS = 10_000

/** How many deaths in a row, after one more. */
export const countDeaths = (before: number, livedMs: number): number =>
  livedMs >= HEALTHY_MS ? 1 : before + 1

export const pauseAfter = (deaths: number): number =>
  PAUSES_MS[Math.min(Math.max(deaths, 1), PAUSES_MS.length) - 1] ?? 0
