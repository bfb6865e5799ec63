import { readFile } from 'node:fs/promises'
import { callerEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'
import { readSettings } from '#/foundation/settings.ts'
import { credentialHelper } from './credential-helper.ts'
import { readLogin } from './netrc.ts'
import { trustFile } from './trust-file.ts'

/**
 * What makes the official `heroku` CLI and git talk to this platform: as who has logged in to it, whose token both find
 * by themselves, or else as its operator.
 */
export const clientEnvironment = async (dataDir: string): Promise<Record<string, string>> => {
  const settings = await readSettings(dataDir)
  if (!settings) throw new Error(`There is no platform in ${dataDir}. Start one with: sluice up`)
  const caller = callerEnvironment()
  const { certificates, operatorToken } = dataDirPaths(dataDir)
  const host = `${settings.apiHost}:${settings.apiPort}`
  const url = `http://${host}`
  return {
    HEROKU_HOST: url,
    ...((await readLogin(host)) ? {} : { HEROKU_API_KEY: await readToken(operatorToken) }),
    HEROKU_PARTICLEBOARD_URL: url,
    HEROKU_DATA_HOST: settings.apiHost,
    HEROKU_BUILDPACK_REGISTRY_URL: url,
    HEROKU_CI_WEBSOCKET_URL: `ws://${host}/socket`,
    HEROKU_STATUS_HOST: url,
    HEROKU_LOGIN_HOST: url,
    HEROKU_NETRC_WRITE: 'true',
    HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
    DISABLE_TELEMETRY: 'true',
    NODE_EXTRA_CA_CERTS: await trustFile(certificates, 'node', [caller['NODE_EXTRA_CA_CERTS']]),
    // Unlike Node's, git's replaces what the machine trusts.
    GIT_SSL_CAINFO: await trustFile(certificates, 'git', [caller['GIT_SSL_CAINFO'], ...SYSTEM]),
    ...gitSignIn(caller, host, dataDir),
  }
}

/** Where machines keep the authorities that they trust. */
const SYSTEM = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']

const readToken = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new Error(`There is no token in ${path} yet. Is the platform up? (sluice status)`, {
        cause: error,
      })
    if (hasCode(error, 'EACCES'))
      throw new Error(`${path} is for the operator of this platform alone.`, { cause: error })
    throw error
  }
}

/** One more entry among those that git takes from its environment: our helper answers for this host only. */
const gitSignIn = (
  caller: NodeJS.ProcessEnv,
  host: string,
  dataDir: string,
): Record<string, string> => {
  const key = `credential.https://${host}.helper`
  const count = Number(caller['GIT_CONFIG_COUNT'] ?? 0)
  const known = Array.from({ length: count }, (_, index) => caller[`GIT_CONFIG_KEY_${index}`])
  const at = known.includes(key) ? known.indexOf(key) : count
  return {
    GIT_CONFIG_COUNT: String(Math.max(count, at + 1)),
    [`GIT_CONFIG_KEY_${at}`]: key,
    [`GIT_CONFIG_VALUE_${at}`]: credentialHelper(host, dataDir),
  }
}
