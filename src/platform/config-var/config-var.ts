import { invalidParams } from '#/foundation/errors.ts'
import { configVarsOf, type ConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'

/** What somebody asks for: null takes a variable away. */
export type ConfigChange = Record<string, string | null>

const KEY = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/
const LONGEST_KEY = 200
/** Of all keys and values of an app together, in UTF-8. */
export const CONFIG_LIMIT_BYTES = 64 * 1024

/** The config with the change made. The one given stays as it is. @throws 422 in words */
export const applyChange = (config: ConfigSnapshot, change: ConfigChange): ConfigSnapshot => {
  const before = new Map(Object.entries(configVarsOf(config)))
  const provided = new Set(Object.values(config.attached).flatMap((vars) => Object.keys(vars)))
  const own = new Map(Object.entries(config.own))
  for (const [key, value] of Object.entries(change)) {
    assertKey(key)
    if (provided.has(key)) {
      if (value !== before.get(key)) throw attachedError(key)
      continue
    }
    if (value === null) own.delete(key)
    else own.set(key, assertValue(key, value))
  }
  const after = { own: Object.fromEntries(own), attached: config.attached }
  assertSize(after)
  return after
}

/** @throws 422 in words */
export const assertKey = (key: string): void => {
  if (key.length > LONGEST_KEY || !KEY.test(key))
    throw invalidParams(
      `${JSON.stringify(key.slice(0, 60))} is not a name for a config var. Names consist of letters, digits and underscores, do not start with a digit or two underscores, and have ${LONGEST_KEY} characters at most.`,
    )
}

const assertValue = (key: string, value: string): string => {
  if (value.includes('\0') || !value.isWellFormed())
    throw invalidParams(`The value of ${key} is not text that a process can be given.`)
  return value
}

const attachedError = (key: string): Error =>
  invalidParams(
    `${key} is provided by an add-on and cannot be changed or removed. Detach or destroy the add-on instead.`,
  )

const assertSize = (config: ConfigSnapshot): void => {
  const bytes = Object.entries(configVarsOf(config)).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  if (bytes > CONFIG_LIMIT_BYTES)
    throw invalidParams(
      `Config vars may have ${CONFIG_LIMIT_BYTES / 1024} KB in all, but these have ${Math.ceil(bytes / 1024)} KB.`,
    )
}

export type ConfigDifference = { set: string[]; removed: string[] }

export const compareConfigs = (before: ConfigSnapshot, after: ConfigSnapshot): ConfigDifference => {
  const was = new Map(Object.entries(configVarsOf(before)))
  const is = new Map(Object.entries(configVarsOf(after)))
  return {
    set: [...is.keys()].filter((key) => was.get(key) !== is.get(key)).sort(),
    removed: [...was.keys()].filter((key) => !is.has(key)).sort(),
  }
}

export const isEmpty = ({ set, removed }: ConfigDifference): boolean =>
  set.length + removed.length === 0

/** `Set BAR, FOO config vars`, `Remove FOO config vars`, or both. */
export const describeDifference = ({ set, removed }: ConfigDifference): string =>
  [
    ...(set.length > 0 ? [`Set ${set.join(', ')} config vars`] : []),
    ...(removed.length > 0 ? [`Remove ${removed.join(', ')} config vars`] : []),
  ].join(', ')
