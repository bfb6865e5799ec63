import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class MaintenanceOn extends ApiCommand {
  static override summary = 'show visitors of an app a page of maintenance; deploys go on'
  static override examples = ['$ sluice maintenance:on -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(MaintenanceOn)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Enabling maintenance mode for ⬢ ${app}`,
      api.patch(`/apps/${app}`, { maintenance: true }),
    )
  }
}
