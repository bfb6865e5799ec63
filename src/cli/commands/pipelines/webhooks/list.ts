import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'
import type { WebhookJson } from '#/cli/wire.ts'

export class WebhooksList extends ApiCommand {
  static override summary = 'list who is told of promotions and approvals of a pipeline'
  static override examples = ['$ sluice pipelines:webhooks -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(WebhooksList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const webhooks = await api.get<WebhookJson[]>(`/pipelines/${pipeline.id}/webhooks`)
    if (flags.json) return this.printJson(webhooks)
    if (webhooks.length === 0) return this.print(`${pipeline.name} has no webhooks.`)
    this.print(
      formatTable(
        ['id', 'url', 'events'],
        webhooks.map(({ id, url, events }) => [id, url, events.join(', ')]),
      ),
    )
  }
}
