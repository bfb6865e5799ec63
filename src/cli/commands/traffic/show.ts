import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatPairs } from '#/cli/table.ts'
import type { TrafficJson } from '#/cli/wire.ts'

export class Traffic extends ApiCommand {
  static override summary = 'show how the router serves an app'
  static override examples = ['$ sluice traffic -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Traffic)
    const api = await this.api(flags)
    const traffic = await api.get<TrafficJson>(`/apps/${await this.appOf(flags)}/traffic`)
    if (flags.json) return this.printJson(traffic)
    const { request_limit: requests, drain_seconds: drain } = traffic
    this.print(
      formatPairs([
        ['HTTPS only', traffic.https_only ? 'yes' : 'no'],
        ['Open to the public', traffic.protected ? 'no' : 'yes'],
        ['Requests at once', requests === null ? "the platform's limit" : String(requests)],
        ['Drain', drain === null ? "the platform's limit" : `${drain} s`],
      ]),
    )
  }
}
