import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callerEnvironment } from '#/foundation/config.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { takeProcessLock } from '#/foundation/process-lock.ts'
import { until } from './until.ts'

/** The version whose requests and output the platform is tested against. */
const VERSION = '11.10.0'
const CACHE = fileURLToPath(new URL('../../.cache/heroku-cli', import.meta.url))
const INSTALL_LIMIT_MS = 600_000

/**
 * Path of the unmodified official `heroku`, which is no dependency of ours: installed once into a cache beside the
 * checkout. Test files that want it at the same time wait for the one that installs it.
 */
export const herokuCli = async (): Promise<string> => {
  const dir = join(CACHE, VERSION)
  const path = join(dir, 'node_modules', '.bin', 'heroku')
  if (existsSync(path)) return path
  const lock = await until(() => takeProcessLock(CACHE), {
    limitMs: INSTALL_LIMIT_MS,
    everyMs: 200,
    what: 'the installation of the heroku CLI',
  })
  try {
    if (!existsSync(path)) await install(dir)
  } finally {
    lock.release()
  }
  return path
}

/** An installation that was cut off never has the final name. */
const install = async (dir: string): Promise<void> => {
  const partial = `${dir}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await runOrThrow(
    'npm',
    [
      ...['install', '--prefix', partial, '--ignore-scripts', '--no-audit', '--no-fund'],
      ...['--loglevel=error', `heroku@${VERSION}`],
    ],
    { cwd: partial, env: callerEnvironment(), timeoutMs: INSTALL_LIMIT_MS },
  )
  await rm(dir, { recursive: true, force: true })
  await rename(partial, dir)
}
