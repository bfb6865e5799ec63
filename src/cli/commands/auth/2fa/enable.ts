import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

const ON_A_TERMINAL = 'This asks for your password, and needs a terminal.'

export class Auth2faEnable extends ApiCommand {
  static override summary = 'take a code besides the password at each sign-in'
  static override examples = ['$ sluice auth:2fa:enable']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Auth2faEnable)
    const api = await this.api(flags)
    const password = await this.askSecret('Password:', ON_A_TERMINAL)
    const { secret, uri } = await api.post<Begun>('/account/two-factor', { password })
    this.print(`Add this secret to your authenticator app:\n${secret}\nor, as an address:\n${uri}`)
    const code = await this.ask('The code that it shows:', ON_A_TERMINAL)
    const confirmed = await api.post<Codes>('/account/two-factor/actions/confirm', { code })
    this.print(
      `Two-factor authentication is enabled. Keep these recovery codes; each is good once:\n${confirmed.recovery_codes.join('\n')}`,
    )
  }
}

type Begun = { secret: string; uri: string }
type Codes = { recovery_codes: string[] }
