import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AppsJoin extends ApiCommand {
  static override summary = 'add yourself to an app of your team, and stay if it is locked'
  static override examples = ['$ sluice apps:join -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsJoin)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Joining ⬢ ${app}`,
      api.post(`/teams/apps/${app}/collaborators`, { user: '~' }),
    )
  }
}
