import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Every environment variable that Sluice itself reads, with its type and default. Nothing else reads process.env. */
const env = process.env

const text = (name: string, fallback: string): string => env[name] || fallback
const whole = (name: string, fallback: number): number => {
  const value = env[name]
  if (!value) return fallback
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0)
    throw new Error(`${name} must be a whole number, but is '${value}'.`)
  return number
}

const defaultDataDir = (): string =>
  userInfo().uid === 0
    ? '/var/lib/sluice'
    : join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'sluice')

/** Without a provider nobody could sign in. */
const onlyOpenId = (): boolean => {
  if (!env['SLUICE_OPENID_ONLY']) return false
  if (!env['SLUICE_OPENID_ISSUER'])
    throw new Error('SLUICE_OPENID_ONLY needs SLUICE_OPENID_ISSUER, the provider that signs in.')
  return true
}

/** What `LoadCredential= or `SetCredential=` of a unit puts there; empty if there is none of that name. */
const credentialOfSystemd = (name: string): string => {
  const dir = env['CREDENTIALS_DIRECTORY']
  return dir && existsSync(join(dir, name)) ? join(dir, name) : ''
}

export const config = {
  /** Where a platform keeps everything it owns. */
  dataDir: text('SLUICE_DATA_DIR', defaultDataDir()),
  /** Where somebody hands the master key in; empty means that it lies in the data directory. */
  masterKeyFile: text('SLUICE_MASTER_KEY_FILE', credentialOfSystemd('sluice-master-key')),
  /** An external PostgreSQL; empty means the embedded one. */
  databaseUrl: text('DATABASE_URL', ''),
  /** What the official CLI reads too: a platform elsewhere, whose data directory is not on this machine. */
  herokuHost: text('HEROKU_HOST', ''),
  herokuApiKey: text('HEROKU_API_KEY', ''),
  caPath: text('NODE_EXTRA_CA_CERTS', ''),
  /** The app that commands act on. */
  app: text('HEROKU_APP', ''),
  /** Where mail is handed over, as `smtps://user:password@host`; empty: no mail is sent, links are shown instead. */
  smtpUrl: text('SLUICE_SMTP_URL', ''),
  /** Sender of the platform's mail. */
  mailFrom: text('SLUICE_MAIL_FROM', ''),
  /** An OpenID provider that vouches for people: its issuer URL, our client there, and what people know it by. */
  openIdIssuer: text('SLUICE_OPENID_ISSUER', ''),
  openIdClientId: text('SLUICE_OPENID_CLIENT_ID', ''),
  openIdClientSecret: text('SLUICE_OPENID_CLIENT_SECRET', ''),
  openIdName: text('SLUICE_OPENID_NAME', 'single sign-on'),
  /** Set to anything: passwords open nothing, only the provider signs people in. */
  openIdOnly: onlyOpenId(),
  logLevel: text('SLUICE_LOG_LEVEL', 'info'),
  failpoint: text('SLUICE_FAILPOINT', ''),
  /** Limits, in milliseconds. */
  buildLimitMs: whole('SLUICE_BUILD_LIMIT_MS', 15 * 60_000),
  buildIdleLimitMs: whole('SLUICE_BUILD_IDLE_LIMIT_MS', 5 * 60_000),
  bootLimitMs: whole('SLUICE_BOOT_LIMIT_MS', 60_000),
  stopLimitMs: whole('SLUICE_STOP_LIMIT_MS', 30_000),
  drainLimitMs: whole('SLUICE_DRAIN_LIMIT_MS', 30_000),
  releasePhaseLimitMs: whole('SLUICE_RELEASE_PHASE_LIMIT_MS', 3_600_000),
  /** Set by the keeper: how many descriptors a router has of each of its ports. */
  descriptorsOfPort: whole('SLUICE_DESCRIPTORS_OF_PORT', 1),
  /** Requests of one app under way at once in a router, unless the app has a limit of its own. */
  requestsPerApp: whole('SLUICE_ROUTER_REQUESTS_PER_APP', 10_000),
  /** New connections, and requests, a second from one address (of IPv6: one /64); 0: no limit. */
  connectsPerAddress: whole('SLUICE_ROUTER_CONNECTS_PER_ADDRESS', 200),
  requestsPerAddress: whole('SLUICE_ROUTER_REQUESTS_PER_ADDRESS', 1_000),
  /** Addresses, parted by commas, of proxies that stand for many: those two do not apply to them. */
  trustedAddresses: text('SLUICE_ROUTER_TRUSTED_ADDRESSES', ''),
  /** Connections at once from one address (of IPv6: one /64) to API, dashboard and git. */
  apiConnectionsPerAddress: whole('SLUICE_API_CONNECTIONS_PER_ADDRESS', 512),
  /** How often it is looked at whether the body of a request to the API still comes. */
  bodyLookMs: whole('SLUICE_API_BODY_LOOK_MS', 60_000),
  /** A git client that neither sends nor takes anything for so long is cut off. */
  gitSilenceMs: whole('SLUICE_GIT_SILENCE_MS', 5 * 60_000),
  /** A dyno that is older is replaced by a new one; 0: never. */
  dynoDayMs: whole('SLUICE_DYNO_DAY_MS', 24 * 3_600_000),
  /** Builds of one machine that run at once; the others wait. */
  buildsAtOnce: whole('SLUICE_BUILDS_AT_ONCE', 2),
  /** Bytes that one build may have on the disk while it runs, and in memory (where the machine offers cgroups). */
  buildDiskBytes: whole('SLUICE_BUILD_DISK_BYTES', 6_000_000_000),
  buildMemoryBytes: whole('SLUICE_BUILD_MEMORY_BYTES', 4 * 1024 ** 3),
  buildProcesses: whole('SLUICE_BUILD_PROCESSES', 4_096),
  /** Bytes of one push, as git sends it, and of an uploaded tarball. */
  pushLimitBytes: whole('SLUICE_PUSH_LIMIT_BYTES', 1_000_000_000),
  /** Hosts, parted by commas, that tarballs may be fetched from though their addresses are private. */
  privateSourceHosts: text('SLUICE_PRIVATE_SOURCE_HOSTS', ''),
  /** Hosts, parted by commas, that webhooks may go to though their addresses are private, also without TLS. */
  privateWebhookHosts: text('SLUICE_PRIVATE_WEBHOOK_HOSTS', ''),
  /** Hosts and addresses, parted by commas, that log drains may lead to though their addresses are private. */
  privateDrainHosts: text('SLUICE_PRIVATE_DRAIN_HOSTS', ''),
  /** Bytes of a slug's files, unpacked. */
  slugLimitBytes: whole('SLUICE_SLUG_LIMIT_BYTES', 1_000_000_000),
  /** Of each app, the slugs that it released last are kept, so many of them. */
  slugsKept: whole('SLUICE_SLUGS_KEPT', 50),
  dynoMemoryBytes: whole('SLUICE_DYNO_MEMORY_BYTES', 512 * 1024 * 1024),
  /** What a dyno may write below /app. */
  dynoDiskBytes: whole('SLUICE_DYNO_DISK_BYTES', 4 * 1024 * 1024 * 1024),
  /** Set to anything: apps may name buildpacks by file: URLs, which reach whatever a build on this machine can read. */
  fileBuildpacks: text('SLUICE_FILE_BUILDPACKS', '') !== '',
  /** Root's platform runs builds and dynos as this user of the host. */
  sandboxUid: whole('SLUICE_SANDBOX_UID', 61_000),
  /** Events are dropped when they are older; 0 keeps them for ever. */
  eventRetentionDays: whole('SLUICE_EVENT_RETENTION_DAYS', 400),
  /** Connections of one process to PostgreSQL. */
  databasePoolSize: whole('SLUICE_DATABASE_POOL_SIZE', 10),
} as const

/**
 * The environment a program of the host gets when we start one for ourselves (git, tar, uv): PATH and locale only.
 * Builds and dynos get none of it; the sandbox gives them their own.
 */
export const hostEnvironment = (): Record<string, string> => ({
  PATH: text('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
  HOME: homedir(),
  LANG: 'C.UTF-8',
})

/**
 * The environment of the platform's own processes: besides that of `hostEnvironment` just our settings and what
 * package clients need to reach their registries. Nothing else of whoever types `sluice up` gets in.
 */
export const platformEnvironment = (): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.test(entry[0]),
    ),
  ),
  ...hostEnvironment(),
})

const INHERITED =
  /^(SLUICE_\w+|npm_config_\w+|PIP_\w+|UV_\w+|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|(REQUESTS|CURL)_CA_BUNDLE)$/i

/** Of the keeper and the processes that it starts; only those that may reach an external database are told of it. */
export const keeperEnvironment = (
  dataDir: string,
  databaseUrl: string,
): Record<string, string> => ({
  ...platformEnvironment(),
  SLUICE_DATA_DIR: dataDir,
  ...(config.masterKeyFile === '' ? {} : { SLUICE_MASTER_KEY_FILE: config.masterKeyFile }),
  ...(databaseUrl === '' ? {} : { DATABASE_URL: databaseUrl }),
  ...(env['NODE_COMPILE_CACHE'] ? { NODE_COMPILE_CACHE: env['NODE_COMPILE_CACHE'] } : {}),
})

/** The caller's whole environment, for `sluice heroku` and `sluice git`, which run in the user's own shell. */
export const callerEnvironment = (): NodeJS.ProcessEnv => ({ ...env })
