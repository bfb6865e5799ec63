import { derivedId } from '#/foundation/ids.ts'

export type Formation = {
  id: string
  appId: string
  type: string
  quantity: number
  size: string
  createdAt: Date
  updatedAt: Date
}

/** What an app can run: a process type of its code, with how many of it are wanted. */
export type ProcessType = Omit<Formation, 'appId'> & { command: string }

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

/** The process types of code, by name. One that nobody has scaled yet, such as `release`, is wanted 0 times. */
export const processTypesOf = (
  code: { appId: string; commands: Record<string, string>; createdAt: Date },
  formations: Formation[],
): ProcessType[] =>
  Object.entries(code.commands)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, command]) => {
      const { appId: _appId, ...known } = formations.find((one) => one.type === type) ?? {
        id: derivedId('formation', code.appId, type),
        appId: code.appId,
        type,
        quantity: 0,
        size: DEFAULT_SIZE,
        createdAt: code.createdAt,
        updatedAt: code.createdAt,
      }
      return { ...known, command }
    })

/** @param asked `3`, or against what it is now: `+1`, `-1`. Undefined: no number of dynos that there can be. */
export const quantityAsked = (now: number, asked: number | string): number | undefined => {
  const isRelative = typeof asked === 'string' && /^[+-]/.test(asked)
  const quantity = (isRelative ? now : 0) + Number(asked)
  return Number.isInteger(quantity) && quantity >= 0 && quantity <= MOST_DYNOS
    ? quantity
    : undefined
}
