import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class AccountsReset extends ApiCommand {
  static override summary = 'make a link with which a person sets a new password (operator only)'
  static override description =
    'Where the platform can send mail the link goes to the person; else it is printed here, this once.'
  static override examples = ['$ sluice accounts:reset ada@example.com']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of the account' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccountsReset)
    const api = await this.api(flags)
    const path = `/users/${encodeURIComponent(args.email)}/password-resets`
    const { url } = await api.post<{ url: string | null }>(path)
    this.print(url ?? `A mail with the link is on its way to ${args.email}.`)
  }
}
