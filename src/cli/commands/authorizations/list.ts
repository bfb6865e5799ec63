import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsList extends ApiCommand {
  static override summary = 'list your OAuth authorizations, each with a token of its own'
  static override examples = ['$ sluice authorizations']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuthorizationsList)
    const api = await this.api(flags)
    const authorizations = (await api.get<AuthorizationJson[]>('/oauth/authorizations')).toSorted(
      (a, b) => a.description.localeCompare(b.description),
    )
    if (flags.json) return this.printJson(authorizations)
    if (authorizations.length === 0) return this.print('No OAuth authorizations.')
    const rows = authorizations.map(({ description, id, scope }) => [
      description,
      id,
      scope.join(','),
    ])
    this.print(formatTable(['Description', 'ID', 'Scope'], rows))
  }
}
