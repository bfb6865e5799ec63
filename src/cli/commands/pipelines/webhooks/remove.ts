import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class WebhooksRemove extends ApiCommand {
  static override summary = 'tell a URL no more'
  static override examples = ['$ sluice pipelines:webhooks:remove ID -p shop']
  static override flags = { pipeline: pipelineFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the webhook' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(WebhooksRemove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    await this.progress(
      `Removing a webhook of ${pipeline.name}`,
      api.delete(`/pipelines/${pipeline.id}/webhooks/${encodeURIComponent(args.id)}`),
    )
  }
}
