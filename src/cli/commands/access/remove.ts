import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class AccessRemove extends ApiCommand {
  static override summary = 'take an app from somebody it was given to'
  static override examples = ['$ sluice access:remove ada@example.com -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of the collaborator' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Removing ${args.email} access from the app ⬢ ${app}`,
      api.delete(`/apps/${app}/collaborators/${encodeURIComponent(args.email)}`),
    )
  }
}
