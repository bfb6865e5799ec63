import { dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import {
  readPlatformStatus,
  type PlatformStatus,
  type ProcessStatus,
} from '#/cli/platform-status.ts'
import { formatPairs, formatTable } from '#/cli/table.ts'

/** As init scripts have it: 3 is "not running". */
const EXIT_STATUS = { up: 0, degraded: 1, down: 3 }

export class Status extends LocalCommand {
  static override summary = 'show what of the platform runs and answers'
  static override description =
    'Ends with 0 if all does, 1 if a part does not, and 3 if the platform is down.'
  static override examples = ['$ sluice status', '$ sluice status --json']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Status)
    const dataDir = this.dataDirOf(flags)
    const status = await readPlatformStatus(dataDir)
    if (!status) throw new Error(`There is no platform in ${dataDir}. Start one with: sluice up`)
    if (flags.json) this.printJson(status)
    else this.print(format(status))
    process.exitCode = EXIT_STATUS[status.state]
  }
}

const format = (status: PlatformStatus): string => {
  const { dataDir, state, settings, answers, processes } = status
  const says = (isAnswering: boolean): string => (isAnswering ? 'answers' : 'does not answer')
  const total = processes.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0)
  return [
    `=== The platform in ${dataDir} is ${state}\n`,
    formatPairs([
      ['API and git', `http://${settings.apiHost}:${settings.apiPort} ${says(answers.api)}`],
      [
        'Apps',
        `http://<app>.${settings.domain}:${settings.routerPort}, https on ${settings.routerTlsPort} ${says(answers.router)}`,
      ],
      ['Memory', megabytes(total)],
    ]),
    '',
    formatTable(['PROCESS', 'PID', 'SINCE', 'DEATHS', 'MEMORY'], processes.map(row)),
  ].join('\n')
}

const row = ({ name, pid, startedAt, deaths, memoryBytes }: ProcessStatus): string[] => [
  name,
  pid === null ? 'not running' : String(pid),
  startedAt ?? '',
  deaths === 0 ? '' : String(deaths),
  memoryBytes === null ? '' : megabytes(memoryBytes),
]

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
