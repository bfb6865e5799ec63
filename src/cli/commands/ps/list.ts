import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTime } from '#/cli/table.ts'
import type { DynoJson } from '#/cli/wire.ts'

export class PsList extends ApiCommand {
  static override summary = 'list the dynos of an app'
  static override examples = ['$ sluice ps -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PsList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const dynos = await api.get<DynoJson[]>(`/apps/${app}/dynos`)
    if (flags.json) return this.printJson(dynos)
    if (dynos.length === 0) return this.print(`No dynos on ⬢ ${app}`)
    for (const [type, group] of Object.entries(Object.groupBy(dynos, (dyno) => dyno.type)))
      this.print(formatGroup(type, group ?? []))
  }
}

const formatGroup = (type: string, dynos: DynoJson[]): string => {
  const [first] = dynos
  const lines = dynos.map(
    ({ name, state, updated_at: since, reason }) =>
      `${name}: ${state} ${formatTime(since)}${reason ? `  ${reason}` : ''}`,
  )
  return [
    `=== ${type} (${first?.size ?? ''}): ${first?.command ?? ''} (${dynos.length})`,
    '',
    ...lines,
    '',
  ].join('\n')
}
