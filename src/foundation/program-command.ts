import { fileURLToPath } from 'node:url'

const RUN = fileURLToPath(new URL('../../bin/run.mjs', import.meta.url))

/** How one of the platform's own programs, a file of `bin`, is started. */
export const programCommand = (program: string, ...args: string[]): [string, ...string[]] => [
  process.execPath,
  RUN,
  program,
  ...args,
]
