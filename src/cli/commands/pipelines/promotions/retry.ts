import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { followPromotion } from '#/cli/follow-promotion.ts'
import { formatOutcomes } from '#/cli/format-promotion.ts'
import type { PromotionRecordJson } from '#/cli/wire.ts'

export class PromotionsRetry extends ApiCommand {
  static override summary = 'promote anew to the targets that failed'
  static override examples = ['$ sluice pipelines:promotions:retry ID']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the promotion' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PromotionsRetry)
    const api = await this.api(flags)
    const path = `/pipeline-promotions/${encodeURIComponent(args.id)}/actions/retry`
    const { id } = await this.progress('Starting anew', api.post<PromotionRecordJson>(path))
    const record = await this.progress(
      'Waiting for promotion to complete',
      followPromotion(api, id, (line) => process.stderr.write(`\n  ${line}`)),
    )
    if (flags.json) this.printJson(record)
    else this.print(`\nPromotion finished\n\n${formatOutcomes(record)}`)
    if (record.targets.some(({ status }) => status === 'failed')) this.exit(1)
  }
}
