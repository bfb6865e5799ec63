import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { authorizationPath, formatAuthorization } from '#/cli/format-authorization.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsUpdate extends ApiCommand {
  static override summary = 'say what a token is for, or bind it to an OAuth client'
  static override description =
    'The secret of the client is asked for on a terminal; elsewhere it comes with --client-secret.'
  static override examples = [
    '$ sluice authorizations:update 01234567-89ab-cdef-0123-456789abcdef -d "For the robot"',
  ]
  static override flags = {
    description: Flags.string({ char: 'd', description: 'what it is for' }),
    'client-id': Flags.string({ description: 'id of the client that it belongs to' }),
    'client-secret': Flags.string({
      dependsOn: ['client-id'],
      description: 'secret of that client',
    }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice authorizations` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AuthorizationsUpdate)
    const { description, 'client-id': clientId } = flags
    if (description === undefined && clientId === undefined) throw new Error('No changes provided.')
    const api = await this.api(flags)
    const client =
      clientId === undefined
        ? {}
        : { client: { id: clientId, secret: await this.secretOf(flags['client-secret']) } }
    const updated = await this.progress(
      'Updating OAuth Authorization',
      api.patch<AuthorizationJson>(authorizationPath(args.id), {
        ...(description === undefined ? {} : { description }),
        ...client,
      }),
    )
    this.print(formatAuthorization(updated))
  }

  private async secretOf(given: string | undefined): Promise<string> {
    return given ?? this.askSecret('Secret of the client:', 'This needs --client-secret.')
  }
}
