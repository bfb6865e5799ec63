import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { clientVariables } from '#/cli/format-client.ts'
import type { OauthClientJson } from '#/cli/wire.ts'

export class ClientsCreate extends ApiCommand {
  static override summary = 'register an OAuth client; its secret is shown this once'
  static override examples = [
    '$ sluice clients:create "Amazing" https://amazing.example.com/callback',
  ]
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = {
    name: Args.string({ required: true, description: 'name of the client' }),
    redirect_uri: Args.string({ required: true, description: 'URL that it takes answers at' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ClientsCreate)
    const api = await this.api(flags)
    const { name, redirect_uri } = args
    const made = await this.progress(
      `Creating ${name}`,
      api.post<OauthClientJson>('/oauth/clients', { name, redirect_uri }),
    )
    if (flags.json) return this.printJson(made)
    this.print(clientVariables(made))
  }
}
