/** As much of JSON schema (draft 4) as the hyperschema of Heroku's API uses. */
type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  pattern?: string
  format?: string
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** What of `value` is not as the schema named by `ref` (`#/definitions/app`) says, a line each; empty if all is well. */
export const violationsOf = (root: unknown, ref: string, value: unknown): string[] =>
  check({ root, path: ref.split('/').at(-1) ?? '' }, { $ref: ref }, asJson(value))

/** The names of the properties that a schema describes. */
export const propertiesOf = (root: unknown, ref: string): string[] =>
  Object.keys(resolve(root, { $ref: ref }).properties ?? {})

type Place = { root: unknown; path: string }

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

const check = (place: Place, unresolved: Schema, value: unknown): string[] => {
  const schema = resolve(place.root, unresolved)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return checkChoice(place, choices, value)
  return [
    ...checkType(place, schema, value),
    ...checkText(place, schema, value),
    ...checkParts(place, schema, value),
  ]
}

const checkChoice = (place: Place, choices: Schema[], value: unknown): string[] => {
  const fits = choices.some((choice) => check(place, choice, value).length === 0)
  return fits ? [] : [`${place.path}: fits none of ${choices.length} choices`]
}

const checkType = ({ path }: Place, { type, enum: values }: Schema, value: unknown): string[] => {
  const types = type === undefined ? [] : [type].flat()
  const actual = typeOf(value)
  const fits =
    types.length === 0 ||
    types.some((one) => one === actual || (one === 'number' && actual === 'integer'))
  if (!fits) return [`${path}: is ${actual}, not ${types.join(' or ')}`]
  if (values && value !== null && !values.includes(value))
    return [`${path}: ${JSON.stringify(value)} is none of ${values.join(', ')}`]
  return []
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (Number.isInteger(value)) return 'integer'
  return typeof value
}

const FORMATS: Record<string, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  email: /^[^@\s]+@[^@\s]+$/,
}

const checkText = ({ path }: Place, { pattern, format }: Schema, value: unknown): string[] => {
  if (typeof value !== 'string') return []
  const rules = [
    ...(pattern === undefined ? [] : [new RegExp(pattern)]),
    ...(format === undefined || !FORMATS[format] ? [] : [FORMATS[format]]),
  ]
  return rules
    .filter((rule) => !rule.test(value))
    .map((rule) => `${path}: '${value}' is not ${rule}`)
}

const checkParts = (place: Place, schema: Schema, value: unknown): string[] => {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      schema.items ? check(inside(place, String(index)), schema.items, item) : [],
    )
  if (typeof value !== 'object' || value === null) return []
  const parts = new Map<string, unknown>(Object.entries(value))
  const missing = (schema.required ?? []).filter((name) => !parts.has(name))
  return [
    ...missing.map((name) => `${place.path}: lacks ${name}`),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      parts.has(name) ? check(inside(place, name), property, parts.get(name)) : [],
    ),
  ]
}

const inside = ({ root, path }: Place, name: string): Place => ({ root, path: `${path}.${name}` })

const resolve = (root: unknown, schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema
  let found: unknown = root
  for (const name of schema.$ref.split('/').slice(1))
    found = (found as Record<string, unknown>)[decodeURIComponent(name)]
  if (found === undefined) throw new Error(`The schema has no ${schema.$ref}.`)
  return resolve(root, found as Schema)
}
