import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { AppJson } from '#/cli/wire.ts'

export class AppsLock extends ApiCommand {
  static override summary = 'keep members of the team off an app to which they were not added'
  static override examples = ['$ sluice apps:lock -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsLock)
    const api = await this.api(flags)
    const { name, locked } = await api.get<AppJson>(`/teams/apps/${await this.appOf(flags)}`)
    if (locked === true) throw new Error(`Cannot lock ⬢ ${name}. This app is already locked.`)
    await this.progress(`Locking ⬢ ${name}`, api.patch(`/teams/apps/${name}`, { locked: true }))
  }
}
