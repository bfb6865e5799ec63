import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { CollaboratorJson } from '#/cli/wire.ts'

export class AccessList extends ApiCommand {
  static override summary = 'list who has access to an app'
  static override examples = ['$ sluice access -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AccessList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const people = await api.get<CollaboratorJson[]>(`/apps/${app}/collaborators`)
    if (flags.json) return this.printJson(people)
    const rows = people.map(({ user, role, permissions }) => [
      user.email,
      role ?? 'collaborator',
      permissions
        .map(({ name }) => name)
        .toSorted()
        .join(', '),
    ])
    this.print(formatTable(['Email', 'Role', 'Permissions'], rows))
  }
}
