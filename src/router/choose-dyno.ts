import type { AppEntry } from './route-table.ts'
import type { DynoTarget } from './dyno-target.ts'

export type Choice = {
  /** Dynos tried already. */
  tried: readonly DynoTarget[]
  /** On the router's clock. */
  now: number
  /** The newest release that has answered this client on this connection: no older one does while it can be helped. */
  minRelease: number
  /** From 0 to below 1. */
  random: () => number
}

/**
 * By weight at random; where all weights are equal, the less busy of two picked at random. Dynos that just
 * refused a connection are passed over while there are others.
 */
export const chooseDyno = (entry: AppEntry, choice: Choice): DynoTarget | undefined => {
  const { dynos } = entry
  if (dynos.length === 1) return choice.tried.length === 0 ? dynos[0] : undefined
  const candidates = candidatesOf(entry, choice)
  if (candidates.length < 2) return candidates[0]
  return entry.isEven
    ? lessBusyOfTwo(candidates, choice.random)
    : byWeight(candidates, choice.random)
}

const candidatesOf = ({ dynos, isMixed }: AppEntry, choice: Choice): DynoTarget[] => {
  const { tried, now, minRelease } = choice
  if (tried.length === 0 && !isMixed && dynos.every(({ refusedUntil }) => refusedUntil <= now))
    return dynos
  let candidates = dynos.filter((dyno) => !tried.includes(dyno))
  candidates = unlessNone(candidates, ({ route }) => route.releaseVersion >= minRelease)
  return unlessNone(candidates, ({ refusedUntil }) => refusedUntil <= now)
}

const unlessNone = (dynos: DynoTarget[], isWanted: (dyno: DynoTarget) => boolean): DynoTarget[] => {
  const wanted = dynos.filter(isWanted)
  return wanted.length > 0 ? wanted : dynos
}

const lessBusyOfTwo = (dynos: DynoTarget[], random: () => number): DynoTarget | undefined => {
  const first = Math.floor(random() * dynos.length)
  const step = 1 + Math.floor(random() * (dynos.length - 1))
  const one = dynos[first]
  const other = dynos[(first + step) % dynos.length]
  return one && other && other.busy < one.busy ? other : one
}

const byWeight = (dynos: DynoTarget[], random: () => number): DynoTarget | undefined => {
  let left = random() * dynos.reduce((sum, { route }) => sum + route.weight, 0)
  return dynos.find(({ route }) => (left -= route.weight) < 0) ?? dynos.at(-1)
}
