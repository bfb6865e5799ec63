import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AppsUnprotect extends ApiCommand {
  static override summary = 'open an app to the public again'
  static override examples = ['$ sluice apps:unprotect -a shop-staging']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsUnprotect)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(`Opening ⬢ ${app} to the public`, api.delete(`/apps/${app}/protection`))
  }
}
