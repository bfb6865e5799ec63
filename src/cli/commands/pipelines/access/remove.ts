import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findAccess } from '#/cli/pipeline-lookup.ts'

export class AccessRemove extends ApiCommand {
  static override summary = 'take somebody off the list of a pipeline’s review and test apps'
  static override description = 'Apps that are there already stay as they are.'
  static override examples = ['$ sluice pipelines:access:remove ada@example.com -p shop']
  static override flags = { pipeline: pipelineFlag, 'data-dir': dataDirFlag }
  static override args = { email: Args.string({ required: true, description: 'e-mail address' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessRemove)
    const api = await this.api(flags)
    const { id } = await findAccess(api, flags.pipeline, args.email)
    await this.progress(`Removing ${args.email}`, api.delete(`/ephemeral-app-collaborators/${id}`))
  }
}
