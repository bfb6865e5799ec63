import { readFile } from 'node:fs/promises'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'
import type { Settings } from '#/foundation/settings.ts'
import { formatPairs } from './table.ts'
import { quoteForShell } from './shell-quote.ts'

/** What one needs to know once the platform is up. */
export const composeWelcome = async (
  dataDir: string,
  { apiHost, apiPort, domain, routerPort, routerTlsPort }: Settings,
): Promise<string> => {
  const setupLink = await readIfThere(dataDirPaths(dataDir).setupLink)
  return formatPairs([
    ['API and git', `http://${apiHost}:${apiPort}`],
    ['Apps', `http://<app>.${domain}:${routerPort}, https://<app>.${domain}:${routerTlsPort}`],
    ['Data directory', dataDir],
    ['In a shell', `eval "$(sluice env --data-dir ${quoteForShell(dataDir)})"`],
    ...(setupLink ? [['Set a password', setupLink] satisfies [string, string]] : []),
  ])
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return undefined
    throw error
  }
}
