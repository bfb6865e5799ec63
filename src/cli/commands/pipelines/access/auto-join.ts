import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { namesOf, permissionsFlag } from '#/cli/permissions-flag.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class AccessAutoJoin extends ApiCommand {
  static override summary =
    'say whether members of the team get permissions on new review and test apps, and which'
  static override examples = [
    '$ sluice pipelines:access:auto-join on -p shop -m deploy',
    '$ sluice pipelines:access:auto-join off -p shop',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    permissions: permissionsFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { state: Args.string({ required: true, options: ['on', 'off'] }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessAutoJoin)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const permissions = flags.permissions
      ? { collaborator_permissions: namesOf(flags.permissions) }
      : {}
    await this.progress(
      `Turning auto-join of ${pipeline.name} ${args.state}`,
      api.patch(`/pipelines/${pipeline.id}`, {
        ephemeral_apps: { collaborators_enabled: args.state === 'on', ...permissions },
      }),
    )
  }
}
