import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag, stageFlag } from '#/cli/api-command.ts'
import { findPipeline, markPath } from '#/cli/pipeline-lookup.ts'

export class MarksSet extends ApiCommand {
  static override summary = 'say of a config var that it must differ or be equal'
  static override description =
    'Between an app that is promoted and one of the stage. Plans say so where it does not hold.'
  static override examples = [
    '$ sluice pipelines:marks:set STRIPE_KEY must-differ -p shop -s production',
  ]
  static override flags = { pipeline: pipelineFlag, stage: stageFlag, 'data-dir': dataDirFlag }
  static override args = {
    key: Args.string({ required: true, description: 'name of the config var' }),
    mark: Args.string({
      required: true,
      options: ['must-differ', 'must-equal'],
      description: 'what must hold',
    }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(MarksSet)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Marking ${args.key} as ${args.mark} in ${flags.stage} of ${pipeline.name}`,
      api.put(markPath(pipeline.id, flags.stage, args.key), { mark: args.mark }),
    )
  }
}
