import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class AuthWhoami extends ApiCommand {
  static override summary = 'show who you are signed in as'
  static override examples = ['$ sluice auth:whoami']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuthWhoami)
    const api = await this.api(flags)
    const { email } = await api.get<{ email: string }>('/account')
    this.print(email)
  }
}
