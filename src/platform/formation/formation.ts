export type Formation = {
  id: string
  appId: string
  type: string
  quantity: number
  size: string
  createdAt: Date
  updatedAt: Date
}

/** Heroku's sizes, as the wire spells them, with the memory a dyno of that size gets here (bytes). */
const MIB = 1024 * 1024
export const SIZES: Record<string, number> = {
  Eco: 512 * MIB,
  Basic: 512 * MIB,
  'Standard-1X': 512 * MIB,
  'Standard-2X': 1024 * MIB,
  'Performance-M': 2560 * MIB,
  'Performance-L': 14 * 1024 * MIB,
}
export const DEFAULT_SIZE = 'Standard-1X'

/** `standard-1x` → `Standard-1X`; undefined if there is no such size. */
export const sizeNamed = (text: string): string | undefined =>
  Object.keys(SIZES).find((size) => size.toLowerCase() === text.toLowerCase())

export const MOST_DYNOS = 100

/** What a first release of code starts: Heroku scales web to 1 and nothing else. */
export const firstQuantity = (type: string): number => (type === 'web' ? 1 : 0)
