import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class AuthToken extends ApiCommand {
  static override summary = 'print your API token'
  static override examples = ['$ sluice auth:token']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuthToken)
    this.print((await this.connection(flags['data-dir'])).token)
  }
}
