import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'
import { readSettings } from '#/foundation/settings.ts'
import { readLogin } from './netrc.ts'

/** Where a platform is. */
export type Place = {
  url: string
  /** Host and port, as in git remotes and in ~/.netrc. */
  gitHost: string
  caPath: string | undefined
  dataDir: string | undefined
}

/** Where a platform is and who speaks to it. */
export type Connection = Place & { token: string }

/** @throws if there is no platform to speak to */
export const findPlace = async (dataDir: string | undefined): Promise<Place> => {
  const local = await placeOf(dataDir ?? config.dataDir)
  if (local) return local
  if (dataDir === undefined && config.herokuHost)
    return {
      url: config.herokuHost,
      gitHost: new URL(config.herokuHost).host,
      caPath: config.caPath || undefined,
      dataDir: undefined,
    }
  throw new Error(
    `There is no platform in ${dataDir ?? config.dataDir} that you may read. Start one with 'sluice up', or name another with --data-dir DIR.`,
  )
}

/** One speaks as whom the official CLI would: by HEROKU_API_KEY, else as who has logged in; and else as the operator. */
export const findConnection = async (dataDir: string | undefined): Promise<Connection> => {
  const place = await findPlace(dataDir)
  const token =
    keyFor(place.gitHost) ??
    (await readLogin(place.gitHost))?.token ??
    (place.dataDir === undefined ? undefined : await readOperatorToken(place.dataDir))
  if (token === undefined)
    throw new Error(`You are not logged in to ${place.gitHost}. Run: sluice login`)
  return { ...place, token }
}

/** HEROKU_API_KEY, if it is for this platform. */
export const keyFor = (gitHost: string): string | undefined =>
  config.herokuApiKey && config.herokuHost && new URL(config.herokuHost).host === gitHost
    ? config.herokuApiKey
    : undefined

const placeOf = async (dataDir: string): Promise<Place | undefined> => {
  try {
    const settings = await readSettings(dataDir)
    if (!settings) return undefined
    const gitHost = `${settings.apiHost}:${settings.apiPort}`
    const caPath = join(dataDirPaths(dataDir).certificates, 'ca.pem')
    return { url: `http://${gitHost}`, gitHost, caPath, dataDir }
  } catch (error) {
    if (hasCode(error, 'EACCES')) return undefined
    throw error
  }
}

/** Undefined where it is not for the caller to read. */
const readOperatorToken = async (dataDir: string): Promise<string | undefined> => {
  try {
    return (await readFile(dataDirPaths(dataDir).operatorToken, 'utf8')).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return undefined
    throw error
  }
}
