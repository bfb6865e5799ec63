import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { authorizationPath, formatAuthorization } from '#/cli/format-authorization.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsInfo extends ApiCommand {
  static override summary = 'show an OAuth authorization'
  static override examples = ['$ sluice authorizations:info 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice authorizations` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AuthorizationsInfo)
    const api = await this.api(flags)
    const found = await api.get<AuthorizationJson>(authorizationPath(args.id))
    if (flags.json) return this.printJson(found)
    this.print(formatAuthorization(found))
  }
}
