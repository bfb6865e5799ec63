import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { Reference } from '#/platform/app/reference.ts'
import { SIZES, sizeNamed, type ProcessType } from './formation.ts'

/** `3`, `"3"`, or against what it is now: `"+1"`, `"-1"`. */
const Quantity = Type.Union([Type.Integer(), Type.String({ pattern: '^[+-]?[0-9]{1,6}$' })])

const change = {
  quantity: Type.Optional(Quantity),
  size: Type.Optional(Reference),
  dyno_size: Type.Optional(Reference),
}

export const UpdateProcessType = Type.Object(change)

export const UpdateFormation = Type.Object({
  updates: Type.Array(Type.Object({ type: Type.String(), ...change }), { maxItems: 200 }),
})

/** Heroku's formation: one process type of an app. */
export const presentProcessType = (
  process: ProcessType,
  { app }: { app: { id: string; name: string } },
) => ({
  app: { id: app.id, name: app.name },
  command: process.command,
  created_at: process.createdAt,
  dyno_size: sizeReference(process.size),
  id: process.id,
  quantity: process.quantity,
  size: process.size,
  type: process.type,
  updated_at: process.updatedAt,
})

const sizeReference = (name: string) => ({ id: derivedId('dyno-size', name), name })

const MIB = 1024 * 1024

export const presentDynoSize = (name: string) => ({
  ...sizeReference(name),
  architecture: 'amd64',
  can_autoscale: false,
  compute: 1,
  cost: { cents: 0, unit: 'month' },
  dedicated: false,
  generation: { id: derivedId('generation', 'cedar'), name: 'cedar' },
  infrastructure_tier: 'production',
  memory: (SIZES[name] ?? 0) / MIB / 1024,
  precise_dyno_units: 1,
  private_space_only: false,
  product_dyno_tier: name.split('-')[0]?.toLowerCase() ?? '',
})

/** A size by its id, or by its name in any case. */
export const sizeOfReference = (ref: string): string | undefined =>
  sizeNamed(ref) ?? Object.keys(SIZES).find((size) => sizeReference(size).id === ref)
