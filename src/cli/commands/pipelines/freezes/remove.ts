import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class FreezesRemove extends ApiCommand {
  static override summary = 'remove a freeze'
  static override examples = ['$ sluice pipelines:freezes:remove ID -p shop']
  static override flags = { pipeline: pipelineFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the freeze' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(FreezesRemove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Removing a freeze of ${pipeline.name}`,
      api.delete(`/pipelines/${pipeline.id}/freezes/${encodeURIComponent(args.id)}`),
    )
  }
}
