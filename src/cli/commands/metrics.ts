import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { describeMetrics } from '#/cli/describe-metrics.ts'
import type { MetricsJson } from '#/cli/wire.ts'

export class Metrics extends ApiCommand {
  static override summary = 'requests, latency, CPU and memory of the last hour'
  static override examples = [
    '$ sluice metrics -a shop',
    '$ sluice metrics -a shop --type worker --hours 24',
    '$ sluice metrics -a shop --json',
  ]
  static override flags = {
    app: appFlag,
    type: Flags.string({ description: 'only this process type' }),
    hours: Flags.integer({ default: 1, min: 1, max: 168, description: 'how far back' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Metrics)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const to = new Date()
    const query = new URLSearchParams({
      from: new Date(to.getTime() - flags.hours * 3_600_000).toISOString(),
      to: to.toISOString(),
      ...(flags.type ? { process_type: flags.type } : {}),
    })
    const metrics = await api.get<MetricsJson>(`/apps/${app}/metrics?${query.toString()}`)
    if (flags.json) return this.printJson(metrics)
    this.print(
      `=== ⬢ ${app} Metrics (last ${flags.hours === 1 ? 'hour' : `${flags.hours} hours`})\n`,
    )
    this.print(describeMetrics(metrics))
  }
}
