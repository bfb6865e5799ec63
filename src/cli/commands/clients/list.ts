import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { OauthClientJson } from '#/cli/wire.ts'

export class ClientsList extends ApiCommand {
  static override summary = 'list your OAuth clients'
  static override examples = ['$ sluice clients']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ClientsList)
    const api = await this.api(flags)
    const clients = await api.get<OauthClientJson[]>('/oauth/clients')
    if (flags.json) return this.printJson(clients)
    if (clients.length === 0) return this.print('No OAuth clients.')
    this.print(
      formatTable(
        ['name', 'id', 'redirect_uri'],
        clients.map(({ name, id, redirect_uri: url }) => [name, id, url]),
      ),
    )
  }
}
