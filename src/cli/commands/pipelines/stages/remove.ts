import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { StageJson } from '#/cli/wire.ts'

export class StagesRemove extends ApiCommand {
  static override summary = 'remove an empty stage from a pipeline'
  static override examples = ['$ sluice pipelines:stages:remove development -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { stage: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(StagesRemove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const stage = await this.progress(
      `Removing stage ${args.stage} from ${pipeline.name} pipeline`,
      api.delete<StageJson>(`/pipelines/${pipeline.id}/stages/${encodeURIComponent(args.stage)}`),
    )
    if (flags.json) this.printJson(stage)
  }
}
