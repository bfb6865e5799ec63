import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

const ON_A_TERMINAL = 'This asks for your password, and needs a terminal.'

export class Auth2faGenerateRecoveryCodes extends ApiCommand {
  static override summary = 'make new recovery codes in place of the old ones'
  static override examples = ['$ sluice auth:2fa:generate-recovery-codes']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Auth2faGenerateRecoveryCodes)
    const api = await this.api(flags)
    const password = await this.askSecret('Password:', ON_A_TERMINAL)
    const code = await this.ask('A code of your app, or a recovery code:', ON_A_TERMINAL)
    const path = '/account/two-factor/actions/renew-recovery-codes'
    const { recovery_codes: codes } = await api.post<{ recovery_codes: string[] }>(path, {
      password,
      code,
    })
    this.print(codes.join('\n'))
  }
}
