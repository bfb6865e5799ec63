import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { AppJson } from '#/cli/wire.ts'

export class Maintenance extends ApiCommand {
  static override summary = 'say whether visitors of an app are shown a page of maintenance'
  static override examples = ['$ sluice maintenance -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Maintenance)
    const api = await this.api(flags)
    const { maintenance } = await api.get<AppJson>(`/apps/${await this.appOf(flags)}`)
    this.print(maintenance ? 'on' : 'off')
  }
}
