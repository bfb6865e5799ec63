import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { AddOnJson, AttachmentJson } from '#/cli/wire.ts'

export class AddonsList extends ApiCommand {
  static override summary = 'list the add-ons of an app'
  static override examples = ['$ sluice addons -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AddonsList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const [addons, attachments] = await Promise.all([
      api.get<AddOnJson[]>(`/apps/${app}/addons`),
      api.get<AttachmentJson[]>(`/apps/${app}/addon-attachments`),
    ])
    if (flags.json) return this.printJson(addons)
    if (addons.length === 0)
      return this.print(
        `${app} has no add-ons. Add one: sluice addons:create heroku-postgresql -a ${app}`,
      )
    const rows = addons.map((addon) => [
      addon.name,
      addon.plan.name,
      addon.state,
      attachments
        .filter((one) => one.addon.id === addon.id)
        .map((one) => one.name)
        .join(', '),
    ])
    this.print(formatTable(['Add-on', 'Plan', 'State', 'Attached as'], rows))
  }
}
