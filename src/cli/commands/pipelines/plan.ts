import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatPlan, type PlanJson } from '#/cli/format-plan.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'

export class PipelinesPlan extends ApiCommand {
  static override summary = 'show what a promotion of an app would change'
  static override examples = [
    '$ sluice pipelines:plan -a shop-staging',
    '$ sluice pipelines:plan -a shop-staging --to shop --json',
  ]
  static override flags = {
    app: appFlag,
    json: jsonFlag,
    to: Flags.string({
      description: 'target apps, parted by commas; else those of the next stage',
    }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesPlan)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { pipelineId, source, targets } = await promotionOf(api, app, flags.to)
    const plan = await api.post<PlanJson>(`/pipelines/${pipelineId}/promotion-plans`, {
      source: { app: { id: source.id } },
      targets: targets.map(({ id }) => ({ app: { id } })),
    })
    if (flags.json) return this.printJson(plan)
    this.print(formatPlan(plan))
  }
}
