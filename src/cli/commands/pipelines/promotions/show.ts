import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, optionalPipelineFlag } from '#/cli/api-command.ts'
import { formatRecord } from '#/cli/format-promotion.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'
import type { PromotionRecordJson } from '#/cli/wire.ts'

export class PromotionsShow extends ApiCommand {
  static override summary = 'list the promotions of a pipeline, or show all that is kept of one'
  static override examples = [
    '$ sluice pipelines:promotions -p shop',
    '$ sluice pipelines:promotions ID',
  ]
  static override flags = {
    pipeline: optionalPipelineFlag,
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { id: Args.string({ description: 'id of one' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PromotionsShow)
    const api = await this.api(flags)
    if (args.id !== undefined) {
      const path = `/pipeline-promotions/${encodeURIComponent(args.id)}`
      const record = await api.get<PromotionRecordJson>(path)
      return flags.json ? this.printJson(record) : this.print(formatRecord(record))
    }
    if (flags.pipeline === undefined)
      throw new Error('Name a promotion by its id, or a pipeline with -p to list its promotions.')
    const pipeline = await findPipeline(api, flags.pipeline)
    const found = await api.get<PromotionRecordJson[]>(`/pipelines/${pipeline.id}/promotions`, {
      range: 'number ..; max=50, order=desc',
    })
    if (flags.json) return this.printJson(found)
    if (found.length === 0) return this.print(`${pipeline.name} has no promotions yet.`)
    this.print(
      formatTable(
        ['id', 'at', 'by', 'slug', 'targets'],
        found.map((one) => [
          one.id,
          one.created_at.slice(0, 19),
          one.created_by.email,
          one.digest.slice(7, 15),
          one.targets.map(({ app, status }) => `${app.name ?? app.id}: ${status}`).join(', '),
        ]),
      ),
    )
  }
}
