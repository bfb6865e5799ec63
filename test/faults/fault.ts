import type { Allowance } from './invariants.ts'
import type { Scene } from './workload.ts'

export type Fault = {
  id: string
  what: string
  /** Who is at work meanwhile: visitors and somebody who changes things, or visitors alone. */
  load: 'changes' | 'visits'
  /** Also a test of every run; the others take longer or are of the same kind. */
  isQuick?: true
  allowance?: Allowance
  /** Does it, and heals it. Returns what did not go as it must. */
  inject: (scene: Scene) => Promise<string[]>
}
