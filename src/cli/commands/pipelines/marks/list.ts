import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'
import type { MarkJson } from '#/cli/wire.ts'

export class MarksList extends ApiCommand {
  static override summary = 'list the config vars that must differ or be equal between stages'
  static override examples = ['$ sluice pipelines:marks -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(MarksList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const marks = await api.get<MarkJson[]>(`/pipelines/${pipeline.id}/config-marks`)
    if (flags.json) return this.printJson(marks)
    if (marks.length === 0) return this.print(`${pipeline.name} has no marks on config vars.`)
    this.print(
      formatTable(
        ['stage', 'key', 'mark'],
        marks.map(({ stage, key, mark }) => [stage.name, key, mark]),
      ),
    )
  }
}
