import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { newestVersion } from '#/cli/newest-release.ts'
import { formatPairs } from '#/cli/table.ts'

export class ConfigSet extends ApiCommand {
  static override summary = 'set config vars; makes a release and restarts the app'
  static override examples = ['$ sluice config:set STAGE=production KEY=value -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override strict = false

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(ConfigSet)
    const vars = Object.fromEntries((argv as string[]).map(parsePair))
    if (Object.keys(vars).length === 0)
      throw new Error('Say what to set: sluice config:set KEY=value')
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const all = await this.progress(
      `Setting ${Object.keys(vars).join(', ')} and restarting ⬢ ${app}`,
      api.patch<Record<string, string>>(`/apps/${app}/config-vars`, vars),
      () => 'done',
    )
    this.log(await newestVersion(api, app))
    this.print(formatPairs(Object.keys(vars).map((key) => [key, all[key] ?? ''])))
  }
}

const parsePair = (text: string): [string, string] => {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`'${text}' is not KEY=value.`)
  return [text.slice(0, at), text.slice(at + 1)]
}
