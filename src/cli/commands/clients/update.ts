import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { clientPath } from '#/cli/format-client.ts'

export class ClientsUpdate extends ApiCommand {
  static override summary = 'change the name or the redirect URL of an OAuth client'
  static override examples = [
    '$ sluice clients:update 01234567-89ab-cdef-0123-456789abcdef --url https://example.com/callback',
  ]
  static override flags = {
    name: Flags.string({ char: 'n', description: 'name of the client' }),
    url: Flags.string({ description: 'URL that it takes answers at' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice clients` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ClientsUpdate)
    const { name, url } = flags
    if (name === undefined && url === undefined) throw new Error('No changes provided.')
    const api = await this.api(flags)
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(url === undefined ? {} : { redirect_uri: url }),
    }
    await this.progress(`Updating ${args.id}`, api.patch(clientPath(args.id), change))
  }
}
