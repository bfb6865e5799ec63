import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { followPromotion } from '#/cli/follow-promotion.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'

export class PipelinesPromote extends ApiCommand {
  static override summary = 'carry the slug that an app runs to the apps of the next stage'
  static override examples = [
    '$ sluice pipelines:promote -a shop-staging',
    '$ sluice pipelines:promote -a shop-staging --to shop,shop-eu',
  ]
  static override flags = {
    app: appFlag,
    to: Flags.string({
      char: 't',
      description: 'target apps, parted by commas; else those of the next stage',
    }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesPromote)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { pipelineId, source, targets } = await promotionOf(api, app, flags.to)
    const promotion = await this.progress(
      `Starting promotion to ${targets.map(({ name }) => name).join(', ')}`,
      api.post<{ id: string }>('/pipeline-promotions', {
        pipeline: { id: pipelineId },
        source: { app: { id: source.id } },
        targets: targets.map(({ id }) => ({ app: { id } })),
      }),
    )
    const outcomes = await this.progress(
      'Waiting for promotion to complete',
      followPromotion(api, promotion.id),
    )
    this.print('\nPromotion finished\n')
    for (const { app: target, status, error_message: reason } of outcomes) {
      const name = targets.find(({ id }) => id === target.id)?.name ?? target.id
      this.print(`${name}: ${status}${reason ? ` (${reason})` : ''}`)
    }
    if (outcomes.some(({ status }) => status === 'failed')) this.exit(1)
  }
}
