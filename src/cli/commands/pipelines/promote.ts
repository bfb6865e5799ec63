import { Flags } from '@oclif/core'
import { appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'
import { PromotionCommand } from '#/cli/promotion-command.ts'

export class PipelinesPromote extends PromotionCommand {
  static override summary = 'carry the slug that an app runs to the apps of the next stage'
  static override examples = [
    '$ sluice pipelines:promote -a shop-staging',
    '$ sluice pipelines:promote -a shop-staging --to shop,shop-eu --all-or-nothing',
    '$ sluice pipelines:promote -a shop-staging --release v5',
  ]
  static override flags = {
    app: appFlag,
    json: jsonFlag,
    to: Flags.string({
      char: 't',
      description: 'target apps, parted by commas; else those of the next stage',
    }),
    release: Flags.string({ char: 'r', description: 'an earlier release of the app, such as v5' }),
    'all-or-nothing': Flags.boolean({
      description: 'if one target fails, the others are rolled back',
    }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesPromote)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { pipelineId, source, targets } = await promotionOf(api, app, flags.to)
    const release = flags.release?.replace(/^v/, '')
    const promotion = await this.progress(
      `Starting promotion to ${targets.map(({ name }) => name).join(', ')}`,
      api.postOnce<{ id: string }>('/pipeline-promotions', {
        pipeline: { id: pipelineId },
        source: { app: { id: source.id }, ...(release ? { release } : {}) },
        targets: targets.map(({ id }) => ({ app: { id } })),
        all_or_nothing: flags['all-or-nothing'],
      }),
    )
    await this.follow(api, promotion.id, flags.json)
  }
}
