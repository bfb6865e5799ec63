import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { clientPath, clientVariables, formatClient } from '#/cli/format-client.ts'
import type { OauthClientJson } from '#/cli/wire.ts'

export class ClientsInfo extends ApiCommand {
  static override summary = 'show an OAuth client'
  static override examples = ['$ sluice clients:info 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = {
    json: jsonFlag,
    shell: Flags.boolean({ char: 's', description: 'print shell variables' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice clients` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ClientsInfo)
    const api = await this.api(flags)
    const client = await api.get<OauthClientJson>(clientPath(args.id))
    if (flags.json) return this.printJson(client)
    this.print(flags.shell ? clientVariables(client) : formatClient(client))
  }
}
