import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import type { PipelineJson } from '#/cli/wire.ts'

export class PipelinesList extends ApiCommand {
  static override summary = 'list your pipelines'
  static override examples = ['$ sluice pipelines']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesList)
    const api = await this.api(flags)
    const pipelines = await api.get<PipelineJson[]>('/pipelines')
    if (flags.json) return this.printJson(pipelines)
    if (pipelines.length === 0)
      return this.print('You have no pipelines. Make one: sluice pipelines:create NAME -a APP')
    this.print('=== My Pipelines\n')
    for (const pipeline of pipelines) {
      const empty = pipeline.delete_at
        ? ` (empty; is deleted on ${pipeline.delete_at.slice(0, 10)})`
        : ''
      this.print(`${pipeline.name}${empty}`)
    }
  }
}
