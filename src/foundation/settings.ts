import { readFile } from 'node:fs/promises'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'

/** What `sluice up` was last told, as it lies in settings.json. */
export type Settings = {
  /** Address that both ports are bound to. */
  host: string
  /** Name under which clients reach API, git and dashboard. The official CLI sends its token to `localhost` only. */
  apiHost: string
  apiPort: number
  /** Apps are at `<app>.<domain>:<routerPort>`. */
  domain: string
  routerPort: number
  /** Whether the platform's own data is in the cluster that it keeps itself or in that of DATABASE_URL. */
  database: 'embedded' | 'external'
}

export const DEFAULT_SETTINGS: Settings = {
  host: '127.0.0.1',
  apiHost: 'localhost',
  apiPort: 5000,
  domain: 'localhost',
  routerPort: 8080,
  database: 'embedded',
}

/** Undefined where no platform has come up yet. */
export const readSettings = async (dataDir: string): Promise<Settings | undefined> => {
  try {
    const text = await readFile(dataDirPaths(dataDir).settings, 'utf8')
    return { ...DEFAULT_SETTINGS, ...(JSON.parse(text) as Settings) }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
