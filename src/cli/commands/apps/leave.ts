import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AppsLeave extends ApiCommand {
  static override summary = 'give back an app to which you were added'
  static override examples = ['$ sluice apps:leave -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsLeave)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(`Leaving ⬢ ${app}`, api.delete(`/apps/${app}/collaborators/~`))
  }
}
