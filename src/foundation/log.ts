import { pino, type Logger as Log } from 'pino'
import { config } from '#/foundation/config.ts'

export type { Log }

/** JSON lines on standard error. Request bodies and headers are never logged, so no redaction list is relied on. */
export const createLogger = (process: string): Log =>
  pino(
    { name: process, level: config.logLevel, base: { process } },
    pino.destination({ dest: 2, sync: true }),
  )
