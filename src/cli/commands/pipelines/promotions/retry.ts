import { Args } from '@oclif/core'
import { dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { PromotionCommand } from '#/cli/promotion-command.ts'
import type { PromotionRecordJson } from '#/cli/wire.ts'

export class PromotionsRetry extends PromotionCommand {
  static override summary = 'promote anew to the targets that failed'
  static override examples = ['$ sluice pipelines:promotions:retry ID']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the promotion' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PromotionsRetry)
    const api = await this.api(flags)
    const path = `/pipeline-promotions/${encodeURIComponent(args.id)}/actions/retry`
    const { id } = await this.progress('Starting anew', api.post<PromotionRecordJson>(path))
    await this.follow(api, id, flags.json)
  }
}
