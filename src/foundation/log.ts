import { pino, type Logger } from 'pino'
import { config } from '#/foundation/config.ts'

export type { Logger }

/** JSON lines on standard error. Request bodies and headers are never logged, so no redaction list is relied on. */
export const createLogger = (process: string): Logger =>
  pino({ name: process, level: config.logLevel, base: { process } }, pino.destination({ dest: 2, sync: true }))
