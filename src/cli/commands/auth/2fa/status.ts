import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class Auth2fa extends ApiCommand {
  static override summary = 'show whether signing in takes a code besides the password'
  static override examples = ['$ sluice auth:2fa']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Auth2fa)
    const api = await this.api(flags)
    const account = await api.get<{ two_factor_authentication: boolean }>('/account')
    const state = account.two_factor_authentication ? 'enabled' : 'not enabled'
    this.print(`Two-factor authentication is ${state}`)
  }
}
