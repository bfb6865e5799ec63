import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class PipelinesDestroy extends ApiCommand {
  static override summary = 'destroy a pipeline; its apps stay'
  static override examples = ['$ sluice pipelines:destroy shop']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = { pipeline: Args.string({ required: true, description: 'name or id' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesDestroy)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, args.pipeline)
    await this.progress(
      `Destroying ${pipeline.name} pipeline`,
      api.delete(`/pipelines/${pipeline.id}`),
    )
  }
}
