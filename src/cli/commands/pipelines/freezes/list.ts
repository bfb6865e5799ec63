import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'
import type { FreezeJson } from '#/cli/wire.ts'

export class FreezesList extends ApiCommand {
  static override summary = 'list when the stages of a pipeline are not to be changed'
  static override examples = ['$ sluice pipelines:freezes -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(FreezesList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const freezes = await api.get<FreezeJson[]>(`/pipelines/${pipeline.id}/freezes`)
    if (flags.json) return this.printJson(freezes)
    if (freezes.length === 0) return this.print(`${pipeline.name} has no freezes.`)
    this.print(
      formatTable(
        ['id', 'stage', 'from', 'until', 'time zone', 'now', 'reason'],
        freezes.map((freeze) => [
          freeze.id,
          freeze.stage.name,
          freeze.starts,
          freeze.ends,
          freeze.time_zone,
          freeze.now ? 'frozen' : '',
          freeze.reason ?? '',
        ]),
      ),
    )
  }
}
