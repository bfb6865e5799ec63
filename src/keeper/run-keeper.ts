import { closeSync, writeSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { keeperEnvironment } from '#/foundation/config.ts'
import { knownOptions } from '#/foundation/known-options.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { readKeeperState } from '#/foundation/keeper-state.ts'
import type { Log } from '#/foundation/log.ts'
import {
  DEFAULT_SETTINGS,
  readSettings,
  routerNames,
  tlsPortBeside,
  type Settings,
} from '#/foundation/settings.ts'
import { HeldPort } from './held-port.ts'
import type { Keeper } from './keeper.ts'
import { liveAsKeeper, type Report } from './live-as-keeper.ts'
import type { KeeperMode } from './open-keeper.ts'
import { drainerProcess, platformProcesses } from './platform-processes.ts'
import { ensureCertificates, prepareDataDir } from './prepare-data-dir.ts'

export type RunKeeperOptions = {
  dataDir: string
  databaseUrl: string
  argv: string[]
  /** Ends every dyno of the platform in this data directory. */
  stopDynos: (dataDir: string) => Promise<void>
  log: Log
}

/** The keeper of one machine's platform, as `sluice up` starts it and as the standby becomes it. */
export const runKeeper = async (given: RunKeeperOptions): Promise<void> => {
  const { databaseUrl, log } = given
  const flags = readFlags(given.argv)
  const report = reportTo(flags['report-fd'])
  await mkdir(given.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = await realpath(given.dataDir)
  const settings = await chooseSettings(dataDir, flags, databaseUrl).catch((error: Error) => {
    report({ error: error.message })
    throw error
  })
  const { host } = settings
  const ports = {
    api: new HeldPort('api', { host, port: settings.apiPort }, numberOf(flags['api-fd'])),
    router: new HeldPort(
      'router',
      { host, port: settings.routerPort },
      numberOf(flags['router-fd']),
    ),
    routerTls: new HeldPort(
      'router-tls',
      { host, port: settings.routerTlsPort },
      numberOf(flags['router-tls-fd']),
    ),
  }
  const prepare = (): Promise<void> => {
    settings.apiPort = ports.api.port
    settings.routerPort = ports.router.port
    settings.routerTlsPort = ports.routerTls.port
    return prepareDataDir({ dataDir, settings, databaseUrl })
  }
  const keeper = await liveAsKeeper(
    {
      dataDir,
      mode: modeOf(flags.mode ?? 'up'),
      ports: [ports.api, ports.router, ports.routerTls],
      processes: platformProcesses({
        dataDir,
        databaseUrl,
        ports,
        routerWorkers: settings.routerWorkers,
      }),
      drainer: drainerProcess(dataDir),
      successor: {
        command: programCommand('keeper', '--mode=take-over'),
        env: keeperEnvironment(dataDir, databaseUrl),
      },
      prepare,
      stopDynos: () => given.stopDynos(dataDir),
      log,
    },
    report,
  )
  if (keeper) renewCertificatesInTime(keeper, dataDir, settings, given)
}

const readFlags = (argv: string[]) =>
  knownOptions(argv, [
    'mode',
    'host',
    'port',
    'router-port',
    'router-tls-port',
    'router-workers',
    'domain',
    'api-fd',
    'router-fd',
    'router-tls-fd',
    'report-fd',
  ])

type Flags = ReturnType<typeof readFlags>

const modeOf = (text: string): KeeperMode => {
  if (text === 'up' || text === 'down' || text === 'take-over') return text
  throw new Error(`--mode cannot be '${text}'.`)
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

/** What is not given stays as it was. */
const chooseSettings = async (
  dataDir: string,
  flags: Flags,
  databaseUrl: string,
): Promise<Settings> => {
  const before = await readSettings(dataDir)
  const base = before ?? DEFAULT_SETTINGS
  const routerPort = numberOf(flags['router-port']) ?? base.routerPort
  const settings: Settings = {
    ...base,
    host: flags.host ?? base.host,
    apiPort: numberOf(flags.port) ?? base.apiPort,
    routerPort,
    routerTlsPort: numberOf(flags['router-tls-port']) ?? tlsPortFor(routerPort, base),
    routerWorkers: numberOf(flags['router-workers']) ?? base.routerWorkers,
    domain: flags.domain ?? base.domain,
    database: databaseUrl === '' ? 'embedded' : 'external',
  }
  if (
    before &&
    JSON.stringify({ ...before, database: '' }) !== JSON.stringify({ ...settings, database: '' })
  )
    await refuseIfSomethingRuns(dataDir)
  return settings
}

/** One that was chosen before stays, unless the other port moves. */
const tlsPortFor = (routerPort: number, before: Settings): number =>
  routerPort === before.routerPort ? before.routerTlsPort : tlsPortBeside(routerPort)

const refuseIfSomethingRuns = async (dataDir: string): Promise<void> => {
  const running = Object.keys((await readKeeperState(dataDir)).processes)
  if (running.length > 0)
    throw new Error(
      `The platform in ${dataDir} still runs with other settings (${running.join(', ')}). Run 'sluice down' first.`,
    )
}

/** JSON lines to whoever started us, who may be gone. */
const reportTo = (fdText: string | undefined): Report => {
  const fd = numberOf(fdText)
  return (answer) => {
    if (fd === undefined) return
    try {
      writeSync(fd, `${JSON.stringify(answer)}\n`)
      if (!('step' in answer)) closeSync(fd)
    } catch {
      // Nobody listens any more; the log has it all.
    }
  }
}

const LOOK_AT_CERTIFICATES_MS = 12 * 3_600_000

const renewCertificatesInTime = (
  keeper: Keeper,
  dataDir: string,
  settings: Settings,
  { log }: RunKeeperOptions,
): void => {
  const renew = async (): Promise<void> => {
    if (await ensureCertificates(dataDirPaths(dataDir).certificates, settings.domain)) {
      await keeper.replace('control-plane')
      for (const name of routerNames(settings)) await keeper.replace(name)
    }
  }
  setInterval(() => {
    renew().catch((error: unknown) => log.error({ err: error }, 'certificates cannot be renewed'))
  }, LOOK_AT_CERTIFICATES_MS)
}
