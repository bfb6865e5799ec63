import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { clientPath, clientVariables, formatClient } from '#/cli/format-client.ts'
import type { OauthClientJson } from '#/cli/wire.ts'

export class ClientsRotate extends ApiCommand {
  static override summary =
    'replace the secret of an OAuth client by another, which is shown this once'
  static override examples = ['$ sluice clients:rotate 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = {
    json: jsonFlag,
    shell: Flags.boolean({ char: 's', description: 'print shell variables' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice clients` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ClientsRotate)
    const api = await this.api(flags)
    const client = await this.progress(
      `Updating ${args.id}`,
      api.post<OauthClientJson>(`${clientPath(args.id)}/actions/rotate-credentials`, {}),
    )
    if (flags.json) return this.printJson(client)
    this.print(flags.shell ? clientVariables(client) : formatClient(client))
  }
}
