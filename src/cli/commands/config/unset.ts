import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { newestVersion } from '#/cli/newest-release.ts'

export class ConfigUnset extends ApiCommand {
  static override summary = 'remove config vars; makes a release and restarts the app'
  static override examples = ['$ sluice config:unset KEY -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override strict = false

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(ConfigUnset)
    const keys = argv as string[]
    if (keys.length === 0) throw new Error('Say what to remove: sluice config:unset KEY')
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Unsetting ${keys.join(', ')} and restarting ⬢ ${app}`,
      api.patch(`/apps/${app}/config-vars`, Object.fromEntries(keys.map((key) => [key, null]))),
    )
    this.log(await newestVersion(api, app))
  }
}
