import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AddonsDestroy extends ApiCommand {
  static override summary = 'destroy an add-on and its data'
  static override examples = [
    '$ sluice addons:destroy postgresql-quiet-harbor-40213 -a shop --confirm shop',
  ]
  static override flags = {
    app: appFlag,
    confirm: Flags.string({ char: 'c', description: 'name of the app, instead of typing it' }),
    'data-dir': dataDirFlag,
  }
  static override args = { addon: Args.string({ required: true, description: 'its name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AddonsDestroy)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.confirm(app, flags.confirm, `This destroys ${args.addon} on ${app} with its data.`)
    await this.progress(
      `Destroying ${args.addon} on ⬢ ${app}`,
      api.delete(`/apps/${app}/addons/${args.addon}`, { force: false }),
    )
  }
}
