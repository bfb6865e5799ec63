import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class AccessProduction extends ApiCommand {
  static override summary = 'say who promotes into production of a team’s pipeline'
  static override description =
    'admins: those of the team alone. deployers: all with deploy on the source and every target.'
  static override examples = ['$ sluice pipelines:access:production deployers -p shop']
  static override flags = { pipeline: pipelineFlag, 'data-dir': dataDirFlag }
  static override args = { who: Args.string({ required: true, options: ['admins', 'deployers'] }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessProduction)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Opening promotion into production of ${pipeline.name} to ${args.who}`,
      api.patch(`/pipelines/${pipeline.id}`, { production_promotion: args.who }),
    )
  }
}
