import { existsSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { writeDurably } from '#/foundation/durable-file.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { masterKeyFileOf } from '#/foundation/master-key-file.ts'
import { readSettings, type Settings } from '#/foundation/settings.ts'
import { areCertificatesGood } from './check-certificates.ts'
import { ensureMasterKey } from './master-key.ts'

export type PrepareOptions = {
  dataDir: string
  settings: Settings
  /** An external database; empty if the platform keeps its own. */
  databaseUrl: string
}

/** What must be there before anything starts: settings, master key, certificates. Each step can be died in and done again. */
export const prepareDataDir = async (options: PrepareOptions): Promise<void> => {
  const { dataDir, settings, databaseUrl } = options
  const paths = dataDirPaths(dataDir)
  await mkdir(paths.run, { recursive: true, mode: 0o700 })
  await chmod(paths.run, 0o700)
  await refuseOtherDatabase(dataDir, settings.database)
  await ensureMasterKey(masterKeyFileOf(paths), () => isDatabaseThere(dataDir, databaseUrl))
  await ensureCertificates(paths.certificates, settings.domain)
  await writeDurably(paths.settings, `${JSON.stringify(settings, null, 2)}\n`)
}

/** True if they were issued anew. */
export const ensureCertificates = async (dir: string, domain: string): Promise<boolean> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (areCertificatesGood(dir, domain)) return false
  const [node, ...args] = programCommand('issue-certificates', dir, domain)
  await runOrThrow(node, args, {
    env: hostEnvironment(),
  })
  return true
}

/** A DATABASE_URL that comes or goes by accident must not lead to an empty database. */
const refuseOtherDatabase = async (
  dataDir: string,
  database: Settings['database'],
): Promise<void> => {
  const before = (await readSettings(dataDir))?.database
  if (before === undefined || before === database) return
  throw new Error(
    before === 'embedded'
      ? `The platform in ${dataDir} keeps its own database, but DATABASE_URL is set. Unset it.`
      : `The platform in ${dataDir} uses an external database. Set DATABASE_URL to it.`,
  )
}

const isDatabaseThere = async (dataDir: string, databaseUrl: string): Promise<boolean> => {
  if (databaseUrl === '') return existsSync(join(dataDirPaths(dataDir).postgres, 'PG_VERSION'))
  // Only the rare platform with an external database needs these here.
  const { openDatabase } = await import('#/foundation/db.ts')
  const { isMigrated } = await import('#/foundation/migrate.ts')
  const database = openDatabase(databaseUrl, 1)
  try {
    return await isMigrated(database.pool)
  } finally {
    await database.stop()
  }
}
