import { Type } from 'typebox'
import { Reference } from '#/platform/app/reference.ts'

const Nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

export const CreateApp = Type.Object({
  name: Type.Optional(Nullable(Type.String())),
  region: Type.Optional(Reference),
  stack: Type.Optional(Reference),
  team: Type.Optional(Reference),
  personal: Type.Optional(Type.Boolean()),
  locked: Type.Optional(Type.Boolean()),
  space: Type.Optional(Type.Union([Reference, Type.Null()])),
  internal_routing: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
})
