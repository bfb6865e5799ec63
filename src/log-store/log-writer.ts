import type { LogLine } from './log-line.ts'

/** Appends lines to the logs of apps. Never blocks and never throws for a full disk: what cannot be kept is counted and said (L10). */
export type LogWriter = {
  append: (appId: string, line: LogLine) => void
  flush: () => Promise<void>
  stop: () => Promise<void>
}
