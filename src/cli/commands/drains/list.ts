import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import type { LogDrainJson } from '#/cli/wire.ts'

export class DrainsList extends ApiCommand {
  static override summary = 'list where the log goes'
  static override examples = ['$ sluice drains -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(DrainsList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const drains = await api.get<LogDrainJson[]>(`/apps/${app}/log-drains`)
    if (flags.json) return this.printJson(drains)
    if (drains.length === 0) return this.print(`⬢ ${app} has no log drains.`)
    this.print('=== Drains\n')
    for (const { url, token } of drains) this.print(`${url} (${token})`)
  }
}
