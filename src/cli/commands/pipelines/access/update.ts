import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { namesOf, neededPermissionsFlag } from '#/cli/permissions-flag.ts'
import { findAccess } from '#/cli/pipeline-lookup.ts'

export class AccessUpdate extends ApiCommand {
  static override summary = 'change what somebody gets on new review and test apps of a pipeline'
  static override examples = [
    '$ sluice pipelines:access:update ada@example.com -p shop -m deploy,manage',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    permissions: neededPermissionsFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { email: Args.string({ required: true, description: 'e-mail address' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessUpdate)
    const api = await this.api(flags)
    const { id } = await findAccess(api, flags.pipeline, args.email)
    await this.progress(
      `Changing permissions of ${args.email}`,
      api.patch(`/ephemeral-app-collaborators/${id}`, {
        permissions: namesOf(flags.permissions),
      }),
    )
  }
}
