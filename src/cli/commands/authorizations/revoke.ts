import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { authorizationPath } from '#/cli/format-authorization.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsRevoke extends ApiCommand {
  static override summary = 'make a token void at once, and what it has opened'
  static override aliases = ['authorizations:destroy']
  static override examples = ['$ sluice authorizations:revoke 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice authorizations` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AuthorizationsRevoke)
    const api = await this.api(flags)
    await this.progress(
      'Revoking OAuth Authorization',
      api.delete<AuthorizationJson>(authorizationPath(args.id)),
      ({ description }) => `done, revoked authorization from ${description}`,
    )
  }
}
