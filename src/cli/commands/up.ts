import { isIP } from 'node:net'
import { Flags } from '@oclif/core'
import { dataDirFlag } from '#/cli/api-command.ts'
import { checkDataDir } from '#/cli/check-data-dir.ts'
import { followKeeper, untilTakenOver } from '#/cli/follow-keeper.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import { untilReachable } from '#/cli/reach-platform.ts'
import { startKeeper, StartError } from '#/cli/start-keeper.ts'
import { stopPlatform } from '#/cli/stop-platform.ts'
import { composeWelcome } from '#/cli/welcome.ts'
import { DEFAULT_SETTINGS, readSettings } from '#/foundation/settings.ts'

const port = { min: 1, max: 65_535 }
const DOMAIN = /^(?=.{1,190}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const REACH_LIMIT_MS = 30_000

export class Up extends LocalCommand {
  static override summary = 'start the platform'
  static override description =
    'Everything is kept in the data directory, which the first start makes: database, slugs, secrets, certificates. In the foreground, also if it is up already, Ctrl-C takes all of it down again, dynos too. What is not given stays as it was at the last start.'
  static override examples = [
    '$ sluice up',
    '$ sluice up --detach',
    '$ sluice up --data-dir ~/try --port 5001 --router-port 8081',
  ]
  static override flags = {
    'data-dir': dataDirFlag,
    port: Flags.integer({ ...port, description: 'port of API, git and dashboard [default: 5000]' }),
    'router-port': Flags.integer({
      ...port,
      description: 'port that apps answer on [default: 8080]',
    }),
    'router-tls-port': Flags.integer({
      ...port,
      description:
        'port that apps answer on with TLS [default: 363 above the other: 8443, or 443 beside 80]',
    }),
    'router-workers': Flags.integer({
      min: 1,
      max: 64,
      description: 'processes that share those two ports [default: 1]',
    }),
    domain: Flags.string({ description: 'apps answer at <app>.DOMAIN [default: localhost]' }),
    host: Flags.string({
      description: 'address that the ports are bound to; 0.0.0.0 for all [default: 127.0.0.1]',
    }),
    detach: Flags.boolean({ char: 'd', description: 'return as soon as everything is up' }),
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Up)
    const dataDir = this.dataDirOf(flags)
    checkDataDir(dataDir)
    const options = keeperOptions(flags)
    const interrupted = flags.detach ? new AbortController().signal : untilInterrupted()
    if (await untilTakenOver(dataDir)) await this.#sayUp(dataDir, options)
    else await this.#start(dataDir, options, interrupted)
    if (!flags.detach) await this.#stay(dataDir, options, interrupted)
  }

  async #start(dataDir: string, options: string[], interrupted: AbortSignal): Promise<void> {
    const starting = this.progress('Starting', startKeeper(dataDir, options)).catch(explain)
    await Promise.race([starting, aborted(interrupted)])
    if (interrupted.aborted) return starting.catch(() => {})
    const settings = (await readSettings(dataDir)) ?? DEFAULT_SETTINGS
    const { api, router } = await untilReachable(settings, REACH_LIMIT_MS)
    if (!api || !router)
      throw new Error(`The ${api ? 'router' : 'API'} does not answer. See: sluice status`)
    this.print(await composeWelcome(dataDir, settings))
  }

  /** Until Ctrl-C, or until it is taken down elsewhere. A keeper that nobody follows is started anew. */
  async #stay(dataDir: string, options: string[], interrupted: AbortSignal): Promise<void> {
    if (!interrupted.aborted) this.print('\nCtrl-C takes everything down.')
    while (!interrupted.aborted) {
      const isOver = await followKeeper(dataDir, interrupted).then(
        () => true,
        () => false,
      )
      if (isOver && !interrupted.aborted) return this.print('The platform was taken down.')
      if (!isOver) await startKeeper(dataDir, options)
    }
    await this.progress('Stopping', stopPlatform(dataDir))
  }

  /** Whoever stayed with it before, such as systemd's unit, may have died. */
  async #sayUp(dataDir: string, options: string[]): Promise<void> {
    const settings = (await readSettings(dataDir)) ?? DEFAULT_SETTINGS
    const message = `The platform in ${dataDir} is up already. 'sluice down' takes it down, 'sluice restart' puts new code in its place.`
    if (options.some((option) => !isSetTo(option, settings))) throw new Error(message)
    this.print(message)
    this.print(await composeWelcome(dataDir, settings))
  }
}

type UpFlags = {
  port?: number
  'router-port'?: number
  'router-tls-port'?: number
  'router-workers'?: number
  domain?: string
  host?: string
}

const keeperOptions = (flags: { [Name in keyof UpFlags]: UpFlags[Name] | undefined }): string[] => {
  const { domain, host } = flags
  if (domain !== undefined && !DOMAIN.test(domain))
    throw new Error(`--domain must be a host name in lower case, but is '${domain}'.`)
  if (host !== undefined && isIP(host) === 0)
    throw new Error(`--host must be an IP address, but is '${host}'.`)
  const given = {
    port: flags.port,
    'router-port': flags['router-port'],
    'router-tls-port': flags['router-tls-port'],
    'router-workers': flags['router-workers'],
    domain,
    host,
  }
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${value}`)
}

const isSetTo = (
  option: string,
  { apiPort, routerPort, routerTlsPort, routerWorkers, domain, host }: typeof DEFAULT_SETTINGS,
): boolean =>
  [
    `--port=${apiPort}`,
    `--router-port=${routerPort}`,
    `--router-tls-port=${routerTlsPort}`,
    `--router-workers=${routerWorkers}`,
    `--domain=${domain}`,
    `--host=${host}`,
  ].includes(option)

const explain = (error: unknown): never => {
  if (error instanceof StartError && error.isKept)
    throw new Error(
      `${error.message}\nThe rest is up, and this is tried again. See 'sluice status'; 'sluice down' takes everything down.`,
    )
  throw error
}

const untilInterrupted = (): AbortSignal => {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  process.once('SIGINT', abort).once('SIGTERM', abort)
  return controller.signal
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
