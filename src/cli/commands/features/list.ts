import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { AppFeatureJson } from '#/cli/wire.ts'

export class FeaturesList extends ApiCommand {
  static override summary = 'list what can be turned on for an app'
  static override examples = ['$ sluice features -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(FeaturesList)
    const api = await this.api(flags)
    const features = await api.get<AppFeatureJson[]>(`/apps/${await this.appOf(flags)}/features`)
    if (flags.json) return this.printJson(features)
    this.print(
      formatTable(
        ['Feature', 'State', ''],
        features.map(({ name, enabled, description }) => [
          name,
          enabled ? 'on' : 'off',
          description,
        ]),
      ),
    )
  }
}
