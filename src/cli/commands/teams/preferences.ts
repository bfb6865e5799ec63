import { ApiCommand, dataDirFlag, jsonFlag, teamFlag } from '#/cli/api-command.ts'
import { formatPairs } from '#/cli/table.ts'
import type { PreferencesJson } from '#/cli/wire.ts'

const listOf = (permissions: { name: string }[]): string =>
  permissions.map(({ name }) => name).join(', ')

export class TeamsPreferences extends ApiCommand {
  static override summary = 'show what a team gives its members, and how its new pipelines begin'
  static override examples = ['$ sluice teams:preferences -t acme']
  static override flags = { team: teamFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TeamsPreferences)
    const api = await this.api(flags)
    const team = `/teams/${encodeURIComponent(flags.team)}`
    const preferences = await api.get<PreferencesJson>(`${team}/preferences`)
    const { static_permissions: fixed } = await api.get<{
      static_permissions: { name: string }[] | null
    }>(`${team}/ephemeral-apps`)
    if (flags.json) return this.printJson({ ...preferences, static_permissions: fixed })
    this.print(`=== ${flags.team}\n`)
    this.print(
      formatPairs([
        ['Members have on unlocked apps', listOf(preferences.member_permissions)],
        ['New pipelines begin with auto-join', preferences.auto_join ? 'on' : 'off'],
        [
          'Auto-join gives on review and test apps',
          fixed ? `${listOf(fixed)}, in all pipelines` : 'what each pipeline says',
        ],
      ]),
    )
  }
}
