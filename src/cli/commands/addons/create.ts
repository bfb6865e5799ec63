import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { AddOnJson } from '#/cli/wire.ts'

export class AddonsCreate extends ApiCommand {
  static override summary = 'give an app an add-on, such as a database'
  static override examples = [
    '$ sluice addons:create heroku-postgresql -a shop',
    '$ sluice addons:create heroku-postgresql --as ANALYTICS -a shop',
  ]
  static override flags = {
    app: appFlag,
    as: Flags.string({ description: 'name of the attachment' }),
    name: Flags.string({ description: 'name of the add-on' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    service: Args.string({ required: true, description: 'service, or service:plan' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AddonsCreate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const addon = await this.progress(
      `Creating ${args.service} on ⬢ ${app}`,
      api.post<AddOnJson>(`/apps/${app}/addons`, {
        plan: { name: args.service },
        ...(flags.as ? { attachment: { name: flags.as } } : {}),
        ...(flags.name ? { name: flags.name } : {}),
      }),
      () => 'done',
    )
    this.print(`Created ${addon.name} as ${addon.config_vars.join(', ')}`)
  }
}
