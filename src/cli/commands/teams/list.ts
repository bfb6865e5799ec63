import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { TeamJson } from '#/cli/wire.ts'

export class TeamsList extends ApiCommand {
  static override summary = 'list the teams that you belong to'
  static override examples = ['$ sluice teams']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TeamsList)
    const api = await this.api(flags)
    const teams = await api.get<TeamJson[]>('/teams')
    if (flags.json) return this.printJson(teams)
    if (teams.length === 0)
      return this.print('You belong to no team. Make one: sluice teams:create NAME')
    this.print(
      formatTable(
        ['Team', 'Role'],
        teams.map(({ name, role }) => [name, role]),
      ),
    )
  }
}
