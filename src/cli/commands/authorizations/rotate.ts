import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { authorizationPath, formatAuthorization } from '#/cli/format-authorization.ts'
import type { AuthorizationJson } from '#/cli/wire.ts'

export class AuthorizationsRotate extends ApiCommand {
  static override summary = 'replace a token by another, which is shown this once'
  static override examples = ['$ sluice authorizations:rotate 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice authorizations` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AuthorizationsRotate)
    const api = await this.api(flags)
    const rotated = await this.progress(
      'Rotating OAuth Authorization',
      api.post<AuthorizationJson>(`${authorizationPath(args.id)}/actions/regenerate-tokens`, {}),
    )
    this.print(formatAuthorization(rotated))
  }
}
