import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class PipelinesRename extends ApiCommand {
  static override summary = 'rename a pipeline'
  static override examples = ['$ sluice pipelines:rename shop store']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    pipeline: Args.string({ required: true, description: 'name or id' }),
    name: Args.string({ required: true, description: 'new name' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesRename)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, args.pipeline)
    await this.progress(
      `Renaming ${pipeline.name} pipeline to ${args.name}`,
      api.patch(`/pipelines/${pipeline.id}`, { name: args.name }),
    )
  }
}
