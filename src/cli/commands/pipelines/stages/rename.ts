import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { StageJson } from '#/cli/wire.ts'

export class StagesRename extends ApiCommand {
  static override summary = 'rename a stage of a pipeline; its kind stays'
  static override examples = ['$ sluice pipelines:stages:rename staging qa -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = {
    stage: Args.string({ required: true, description: 'name' }),
    name: Args.string({ required: true, description: 'new name' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(StagesRename)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const stage = await this.progress(
      `Renaming stage ${args.stage} of ${pipeline.name} pipeline to ${args.name}`,
      api.patch<StageJson>(`/pipelines/${pipeline.id}/stages/${encodeURIComponent(args.stage)}`, {
        name: args.name,
      }),
    )
    if (flags.json) this.printJson(stage)
  }
}
