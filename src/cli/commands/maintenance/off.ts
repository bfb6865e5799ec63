import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class MaintenanceOff extends ApiCommand {
  static override summary = 'serve visitors of an app again'
  static override examples = ['$ sluice maintenance:off -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(MaintenanceOff)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Disabling maintenance mode for ⬢ ${app}`,
      api.patch(`/apps/${app}`, { maintenance: false }),
    )
  }
}
