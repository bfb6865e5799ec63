import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import type { AppJson } from '#/cli/wire.ts'

export class AppsList extends ApiCommand {
  static override summary = 'list your apps'
  static override examples = ['$ sluice apps', '$ sluice apps --json']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsList)
    const api = await this.api(flags)
    const apps = await api.get<AppJson[]>('/users/~/apps')
    if (flags.json) return this.printJson(apps)
    if (apps.length === 0) return this.print('You have no apps. Make one: sluice apps:create NAME')
    this.print('=== Apps\n')
    for (const app of apps) this.print(app.name)
  }
}
