import { Type, type Static } from 'typebox'

/** Commands send a thing now as a bare name or id, now as `{name}` or `{id}`. */
export const Reference = Type.Union([
  Type.String(),
  Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) }),
])

export const referenceOf = (value: Static<typeof Reference>): string =>
  typeof value === 'string' ? value : (value.id ?? value.name ?? '')
