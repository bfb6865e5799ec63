import { Type } from 'typebox'

/** Variable to value, or null to take it away. What a name may be is `config-var.ts`'s to say. */
export const UpdateConfigVars = Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))

/** All variables by name, as Heroku shows them. */
export const presentConfigVars = (vars: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Variable to whether its value is secret or plain in the log, or null for what its name says. */
export const UpdateConfigMarks = Type.Record(
  Type.String(),
  Type.Union([Type.Literal('secret'), Type.Literal('plain'), Type.Null()]),
)
