import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { permissionsOf } from '#/cli/permission-list.ts'

export class AccessUpdate extends ApiCommand {
  static override summary = 'change what a collaborator may do on an app'
  static override examples = ['$ sluice access:update ada@example.com -a shop --permissions deploy']
  static override flags = {
    app: appFlag,
    permissions: Flags.string({
      char: 'p',
      required: true,
      description: 'deploy, operate, manage; by commas',
    }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of the collaborator' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessUpdate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const permissions = permissionsOf(flags.permissions)
    await this.progress(
      `Updating ${args.email} in application ⬢ ${app} with ${permissions.join(',')} permissions`,
      api.patch(`/teams/apps/${app}/collaborators/${encodeURIComponent(args.email)}`, {
        permissions,
      }),
    )
  }
}
