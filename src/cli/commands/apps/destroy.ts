import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AppsDestroy extends ApiCommand {
  static override summary = 'destroy an app with its add-ons, code and logs'
  static override examples = ['$ sluice apps:destroy -a shop --confirm shop']
  static override flags = {
    app: appFlag,
    confirm: Flags.string({ char: 'c', description: 'name of the app, instead of typing it' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsDestroy)
    const api = await this.api(flags)
    const name = await this.appOf(flags)
    await api.get(`/apps/${name}`)
    await this.confirm(
      name,
      flags.confirm,
      `This destroys ${name} with all its add-ons and their data.`,
    )
    await this.progress(`Destroying ⬢ ${name} (including all add-ons)`, api.delete(`/apps/${name}`))
  }
}
