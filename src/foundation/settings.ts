import { readFile } from 'node:fs/promises'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'

/** What `sluice up` was last told, as it lies in settings.json. */
export type Settings = {
  /** Address that the ports are bound to. */
  host: string
  /** Name under which clients reach API, git and dashboard. The official CLI sends its token to `localhost` only. */
  apiHost: string
  apiPort: number
  /** Apps are at `<app>.<domain>:<routerPort>`. */
  domain: string
  routerPort: number
  /** Where the router speaks TLS. */
  routerTlsPort: number
  /** Processes that share the router's ports, each with a processor of its own to use. */
  routerWorkers: number
  /** Whether the platform's own data is in the cluster that it keeps itself or in that of DATABASE_URL. */
  database: 'embedded' | 'external'
}

export const DEFAULT_SETTINGS: Settings = {
  host: '127.0.0.1',
  apiHost: 'localhost',
  apiPort: 5000,
  domain: 'localhost',
  routerPort: 8080,
  routerTlsPort: 8443,
  routerWorkers: 1,
  database: 'embedded',
}

/** What the router's processes are called, in the order in which they start. */
export const routerNames = ({ routerWorkers }: Pick<Settings, 'routerWorkers'>): string[] =>
  Array.from({ length: routerWorkers }, (_, index) =>
    index === 0 ? 'router' : `router-${index + 1}`,
  )

/** 8443 beside 8080, and 443 beside 80. */
export const tlsPortBeside = (routerPort: number): number =>
  routerPort + TLS_DISTANCE <= 65_535 ? routerPort + TLS_DISTANCE : routerPort - TLS_DISTANCE

const TLS_DISTANCE = 363

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
