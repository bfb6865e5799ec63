import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { deployTokensPath, pipelineFlag } from '#/cli/deploy-tokens-path.ts'
import { formatTable, formatTime } from '#/cli/table.ts'
import type { DeployTokenJson } from '#/cli/wire.ts'

export class TokensList extends ApiCommand {
  static override summary = 'list the deploy tokens of an app or a pipeline'
  static override examples = ['$ sluice tokens -a shop', '$ sluice tokens --pipeline shop']
  static override flags = {
    app: appFlag,
    pipeline: pipelineFlag,
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TokensList)
    const api = await this.api(flags)
    const { path, of } = await deployTokensPath(api, flags.pipeline, () => this.appOf(flags))
    const tokens = await api.get<DeployTokenJson[]>(path)
    if (flags.json) return this.printJson(tokens)
    if (tokens.length === 0) return this.print(`${of} has no deploy tokens.`)
    this.print(`=== ${of} Deploy tokens\n`)
    const rows = tokens.map((token) => [
      token.id,
      token.description,
      token.user.email,
      token.last_used_at === null ? 'never' : formatTime(token.last_used_at),
      token.expires_at.slice(0, 10),
    ])
    this.print(formatTable(['ID', 'Description', 'Made by', 'Last used', 'Expires'], rows))
  }
}
