import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { deployTokensPath, pipelineFlag } from '#/cli/deploy-tokens-path.ts'
import type { DeployTokenJson } from '#/cli/wire.ts'

export class TokensCreate extends ApiCommand {
  static override summary = 'make a deploy token, for a CI system'
  static override description =
    'It sees and deploys the app, or the apps of the pipeline and promotes along it, and can do nothing else. It is void as soon as you may not deploy there any more. Standard output is the token alone; it is not shown again.'
  static override examples = [
    '$ sluice tokens:create --pipeline shop --description "GitLab CI"',
    '$ sluice tokens:create -a shop-staging --expires-in 2592000',
  ]
  static override flags = {
    app: appFlag,
    pipeline: pipelineFlag,
    description: Flags.string({ char: 'd', description: 'what it is for' }),
    'expires-in': Flags.integer({
      char: 'e',
      min: 1,
      description: 'seconds until it is void [default and limit: a year]',
    }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TokensCreate)
    const api = await this.api(flags)
    const { path, of } = await deployTokensPath(api, flags.pipeline, () => this.appOf(flags))
    const made = await this.progress(
      `Creating deploy token of ${of}`,
      api.post<DeployTokenJson>(path, {
        ...(flags.description === undefined ? {} : { description: flags.description }),
        ...(flags['expires-in'] === undefined ? {} : { expires_in: flags['expires-in'] }),
      }),
      ({ id, expires_at: expiresAt }) => `done, ${id}, good until ${expiresAt.slice(0, 10)}`,
    )
    if (flags.json) return this.printJson(made)
    this.print(made.token)
  }
}
