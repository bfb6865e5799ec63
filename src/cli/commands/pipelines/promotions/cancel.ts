import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatOutcomes } from '#/cli/format-promotion.ts'
import type { PromotionRecordJson } from '#/cli/wire.ts'

export class PromotionsCancel extends ApiCommand {
  static override summary = 'give up those targets of a promotion that do not serve it yet'
  static override examples = ['$ sluice pipelines:promotions:cancel ID']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the promotion' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PromotionsCancel)
    const api = await this.api(flags)
    const record = await this.progress(
      'Cancelling',
      api.post<PromotionRecordJson>(
        `/pipeline-promotions/${encodeURIComponent(args.id)}/actions/cancel`,
      ),
    )
    if (flags.json) return this.printJson(record)
    this.print(formatOutcomes(record))
  }
}
