import { sign } from '#/foundation/crypto.ts'

/** Tells whether two values of a config var are the same, for whoever has the data key of the app, and nothing to others. */
export const hashOfValue = (dataKey: Buffer, value = ''): string =>
  sign(dataKey, `value of a config var\n${value}`)
