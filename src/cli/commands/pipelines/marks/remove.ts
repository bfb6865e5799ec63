import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag, stageFlag } from '#/cli/api-command.ts'
import { findPipeline, markPath } from '#/cli/pipeline-lookup.ts'

export class MarksRemove extends ApiCommand {
  static override summary = 'take a mark off a config var'
  static override examples = ['$ sluice pipelines:marks:remove STRIPE_KEY -p shop -s production']
  static override flags = { pipeline: pipelineFlag, stage: stageFlag, 'data-dir': dataDirFlag }
  static override args = {
    key: Args.string({ required: true, description: 'name of the config var' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(MarksRemove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Taking the mark off ${args.key} in ${flags.stage} of ${pipeline.name}`,
      api.delete(markPath(pipeline.id, flags.stage, args.key)),
    )
  }
}
