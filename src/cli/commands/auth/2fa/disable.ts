import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

const ON_A_TERMINAL = 'This asks for your password, and needs a terminal.'

export class Auth2faDisable extends ApiCommand {
  static override summary = 'take the password alone again at each sign-in'
  static override examples = ['$ sluice auth:2fa:disable']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Auth2faDisable)
    const api = await this.api(flags)
    const password = await this.askSecret('Password:', ON_A_TERMINAL)
    const code = await this.ask('A code of your app, or a recovery code:', ON_A_TERMINAL)
    await api.delete('/account/two-factor', { password, code })
    this.print('Two-factor authentication is not enabled any more.')
  }
}
