import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag, policedStageFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class FreezesOverride extends ApiCommand {
  static override summary = 'let your own changes to a stage through a freeze, for a while'
  static override description = 'Takes the right to change the pipeline. The reason is kept.'
  static override examples = [
    "$ sluice pipelines:freezes:override -p shop -s production --reason 'The shop is down'",
  ]
  static override flags = {
    pipeline: pipelineFlag,
    stage: policedStageFlag,
    reason: Flags.string({ required: true, description: 'why it cannot wait' }),
    minutes: Flags.integer({ default: 30, min: 1, max: 1440, description: 'how long' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(FreezesOverride)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const { stage, reason, minutes } = flags
    await this.progress(
      `Overriding freezes of ${stage} of ${pipeline.name} for ${minutes} minutes`,
      api.post(`/pipelines/${pipeline.id}/freeze-overrides`, { stage, reason, minutes }),
    )
  }
}
