import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { quoteForShell } from '#/cli/shell-quote.ts'
import { formatPairs } from '#/cli/table.ts'

export class ConfigList extends ApiCommand {
  static override summary = 'show the config vars'
  static override examples = ['$ sluice config -a shop', '$ sluice config -a shop --shell > .env']
  static override flags = {
    app: appFlag,
    json: jsonFlag,
    shell: Flags.boolean({ char: 's', description: 'print KEY=value lines for a shell' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ConfigList)
    const api = await this.api(flags)
    const name = await this.appOf(flags)
    const vars = await api.get<Record<string, string>>(`/apps/${name}/config-vars`)
    if (flags.json) return this.printJson(vars)
    const pairs = Object.entries(vars).toSorted(([a], [b]) => (a < b ? -1 : 1))
    if (flags.shell)
      return pairs.forEach(([key, value]) => this.print(`${key}=${quoteForShell(value)}`))
    this.print(`=== ${name} Config Vars\n`)
    this.print(formatPairs(pairs))
  }
}
