import { parse } from 'yaml'
import { BuildRejection } from './build-rejection.ts'
import { checkProcessTypes } from './procfile.ts'

/** What a buildpack's bin/release says. */
export type ReleaseInfo = {
  addons: string[]
  configVars: Record<string, string>
  defaultProcessTypes: Record<string, string>
}

/** @throws BuildRejection if it is not what bin/release may print */
export const parseReleaseInfo = (text: string): ReleaseInfo => {
  const info = parseMapping(text)
  return {
    addons: Array.isArray(info['addons'])
      ? info['addons'].filter((plan) => typeof plan === 'string')
      : [],
    configVars: textsOf(info['config_vars']),
    defaultProcessTypes: checkProcessTypes(textsOf(info['default_process_types'])),
  }
}

const parseMapping = (text: string): Record<string, unknown> => {
  try {
    return mappingOf(parse(text, { maxAliasCount: 0, schema: 'core', logLevel: 'error' }))
  } catch (error) {
    throw new BuildRejection("the buildpack's bin/release printed what is not YAML.", {
      cause: error,
    })
  }
}

const mappingOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}

/** Numbers and such count as their text; whatever is no plain value is left out. */
const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mappingOf(value)).flatMap(([key, text]) =>
      typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean'
        ? [[key, String(text)]]
        : [],
    ),
  )
