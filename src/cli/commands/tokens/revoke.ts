import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class TokensRevoke extends ApiCommand {
  static override summary = 'make a deploy token void at once'
  static override examples = ['$ sluice tokens:revoke 01234567-89ab-cdef-0123-456789abcdef']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'id, as `sluice tokens` lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(TokensRevoke)
    const api = await this.api(flags)
    await this.progress(
      `Revoking deploy token ${args.id}`,
      api.delete(`/deploy-tokens/${encodeURIComponent(args.id)}`),
    )
  }
}
