import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { permissionsOf } from '#/cli/permission-list.ts'
import type { AppJson } from '#/cli/wire.ts'

export class AccessAdd extends ApiCommand {
  static override summary = 'give somebody access to an app'
  static override examples = [
    '$ sluice access:add ada@example.com -a shop',
    '$ sluice access:add ada@example.com -a shop --permissions deploy,operate',
  ]
  static override flags = {
    app: appFlag,
    permissions: Flags.string({ char: 'p', description: 'deploy, operate, manage; by commas' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of whom to add' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessAdd)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { team } = await api.get<AppJson>(`/apps/${app}`)
    if (team && flags.permissions === undefined)
      throw new Error('Say what they may do on this app of a team: --permissions deploy,operate')
    const permissions =
      flags.permissions === undefined ? undefined : permissionsOf(flags.permissions)
    await this.progress(
      `Adding ${args.email} access to the app ⬢ ${app}${permissions ? ` with ${permissions.join(', ')} permissions` : ''}`,
      permissions
        ? api.post(`/teams/apps/${app}/collaborators`, { user: args.email, permissions })
        : api.post(`/apps/${app}/collaborators`, { user: args.email }),
    )
  }
}
