import { fileURLToPath } from 'node:url'
import { quoteForShell } from './shell-quote.ts'

const SLUICE = fileURLToPath(new URL('../../bin/sluice', import.meta.url))

/**
 * What git has in `credential.<url>.helper`. git also has each helper keep and forget passwords: those calls end in
 * git's shell, since nothing is kept and each start of Node is time that somebody waits for a push.
 */
export const credentialHelper = (dataDir: string | undefined): string => {
  const place = dataDir === undefined ? '' : ` --data-dir ${quoteForShell(dataDir)}`
  return `!f() { test "$1" != get || ${quoteForShell(SLUICE)} git:credentials${place} get; }; f`
}
