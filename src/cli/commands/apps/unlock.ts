import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { AppJson } from '#/cli/wire.ts'

export class AppsUnlock extends ApiCommand {
  static override summary = 'let members of the team use an app again'
  static override examples = ['$ sluice apps:unlock -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsUnlock)
    const api = await this.api(flags)
    const { name, locked } = await api.get<AppJson>(`/teams/apps/${await this.appOf(flags)}`)
    if (locked === false) throw new Error(`Cannot unlock ⬢ ${name}. This app is not locked.`)
    await this.progress(`Unlocking ⬢ ${name}`, api.patch(`/teams/apps/${name}`, { locked: false }))
  }
}
