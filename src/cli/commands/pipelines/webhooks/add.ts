import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { WebhookJson } from '#/cli/wire.ts'

export class WebhooksAdd extends ApiCommand {
  static override summary = 'tell a URL of promotions and approvals of a pipeline'
  static override examples = [
    '$ sluice pipelines:webhooks:add https://hooks.example.com/shop -p shop',
    '$ sluice pipelines:webhooks:add https://hooks.example.com/shop -p shop --event promotion.failed',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    event: Flags.string({ multiple: true, description: 'only of this; may be given again' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { url: Args.string({ required: true, description: 'https URL' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(WebhooksAdd)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const made = await this.progress(
      `Adding a webhook to ${pipeline.name}`,
      api.post<WebhookJson & { secret: string }>(`/pipelines/${pipeline.id}/webhooks`, {
        url: args.url,
        ...(flags.event ? { events: flags.event } : {}),
      }),
    )
    if (flags.json) return this.printJson(made)
    this.print(`Its secret, which signs each delivery and is not shown again:\n${made.secret}`)
  }
}
