import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class TrafficSet extends ApiCommand {
  static override summary = 'say how the router serves an app'
  static override examples = [
    '$ sluice traffic:set --https-only -a shop',
    '$ sluice traffic:set --request-limit 200 --drain-seconds 120 -a shop',
    '$ sluice traffic:set --request-limit 0 --no-https-only -a shop',
  ]
  static override flags = {
    app: appFlag,
    'https-only': Flags.boolean({
      allowNo: true,
      description: 'send plain HTTP on to HTTPS',
    }),
    'request-limit': Flags.integer({
      min: 0,
      max: 100_000,
      description: "requests at once; more are answered with 503 (H11). 0: the platform's limit",
    }),
    'drain-seconds': Flags.integer({
      min: 0,
      max: 600,
      description:
        "how long a dyno that is replaced may take to answer what it has. 0: the platform's limit",
    }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TrafficSet)
    const change = {
      ...(flags['https-only'] === undefined ? {} : { https_only: flags['https-only'] }),
      ...limit('request_limit', flags['request-limit']),
      ...limit('drain_seconds', flags['drain-seconds']),
    }
    if (Object.keys(change).length === 0) throw new Error('Say what to change. See --help.')
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(`Changing ⬢ ${app}`, api.patch(`/apps/${app}/traffic`, change))
  }
}

const limit = (name: string, value: number | undefined): Record<string, number | null> =>
  value === undefined ? {} : { [name]: value === 0 ? null : value }
