import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { namesOf, permissionsFlag } from '#/cli/permissions-flag.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class AccessAdd extends ApiCommand {
  static override summary = 'give somebody permissions on new review and test apps of a pipeline'
  static override examples = ['$ sluice pipelines:access:add ada@example.com -p shop -m deploy']
  static override flags = {
    pipeline: pipelineFlag,
    permissions: permissionsFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { email: Args.string({ required: true, description: 'e-mail address' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessAdd)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Adding ${args.email} to review and test apps of ${pipeline.name}`,
      api.post('/ephemeral-app-collaborators', {
        pipeline: pipeline.id,
        user: args.email,
        permissions: namesOf(flags.permissions ?? 'view,deploy,operate'),
      }),
    )
  }
}
