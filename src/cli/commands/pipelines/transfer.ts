import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findOwner, findPipeline } from '#/cli/pipeline-lookup.ts'

export class PipelinesTransfer extends ApiCommand {
  static override summary = 'give a pipeline of yours to a team, or one of a team to a member of it'
  static override description = 'Its apps keep their owners.'
  static override examples = [
    '$ sluice pipelines:transfer shop-team -p shop --confirm shop',
    '$ sluice pipelines:transfer ada@example.com -p shop',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    confirm: Flags.string({
      char: 'c',
      description: 'name of the pipeline, in place of a question',
    }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    owner: Args.string({ required: true, description: 'team, or e-mail address of a member' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesTransfer)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const owner = await findOwner(api, args.owner)
    await this.confirm(
      pipeline.name,
      flags.confirm,
      `The pipeline ${pipeline.name} will belong to ${args.owner}. Its apps keep their owners.`,
    )
    await this.progress(
      `Transferring ${pipeline.name} pipeline to ${args.owner}`,
      api.post('/pipeline-transfers', { pipeline: { id: pipeline.id }, new_owner: owner }),
    )
  }
}
