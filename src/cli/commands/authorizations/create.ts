import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatAuthorization } from '#/cli/format-authorization.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsCreate extends ApiCommand {
  static override summary = 'make a token, which is shown this once'
  static override examples = [
    '$ sluice authorizations:create --description "For use with Anvil"',
    '$ sluice authorizations:create -s read -e 3600 --short',
  ]
  static override flags = {
    description: Flags.string({ char: 'd', description: 'what it is for' }),
    'expires-in': Flags.integer({
      char: 'e',
      min: 1,
      description: 'seconds until it is void [default: never]',
    }),
    scope: Flags.string({
      char: 's',
      description:
        'global, identity, read, write, read-protected or write-protected, parted by commas [default: global]',
    }),
    short: Flags.boolean({ char: 'S', description: 'print the token alone' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuthorizationsCreate)
    const api = await this.api(flags)
    const made = await this.progress(
      'Creating OAuth Authorization',
      api.post<AuthorizationJson>('/oauth/authorizations', {
        ...(flags.description === undefined ? {} : { description: flags.description }),
        ...(flags['expires-in'] === undefined ? {} : { expires_in: flags['expires-in'] }),
        ...(flags.scope === undefined ? {} : { scope: flags.scope.split(',') }),
      }),
    )
    if (flags.json) return this.printJson(made)
    this.print(flags.short ? made.access_token.token : formatAuthorization(made))
  }
}
