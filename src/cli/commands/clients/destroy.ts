import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { clientPath } from '#/cli/format-client.ts'

export class ClientsDestroy extends ApiCommand {
  static override summary = 'destroy an OAuth client, and the tokens that were bound to it'
  static override examples = ['$ sluice clients:destroy 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice clients` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ClientsDestroy)
    const api = await this.api(flags)
    await this.progress(`Destroying ${args.id}`, api.delete(clientPath(args.id)))
  }
}
