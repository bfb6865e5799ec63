/** How a run of a dyno ended. */
export type Ending = {
  /** 128 + n if signal n ended it; null if it never ran. */
  exitStatus: number | null
  /** Why it was brought about, if it was: for people. */
  reason: string | null
  /** Milliseconds since its start. */
  ranMs: number
}

export const NEVER_RAN: Ending = { exitStatus: null, reason: null, ranMs: 0 }

/** What is said of a dyno that runs once, was started, and of which nothing is known any more. */
export const LOST: Ending = {
  exitStatus: 137,
  reason: 'It was lost when the machine or its engine went down.',
  ranMs: 0,
}
