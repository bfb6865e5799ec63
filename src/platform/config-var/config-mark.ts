import type { Mark } from '#/log-store/redactor.ts'

/** What somebody said of a config var: whether its value is taken out of the log, whatever its name looks like. */
export type ConfigMark = Mark

export const MOST_MARKS = 500
