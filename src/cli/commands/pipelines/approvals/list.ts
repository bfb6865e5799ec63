import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { formatApprovals } from '#/cli/format-approvals.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { ApprovalJson } from '#/cli/wire.ts'

export class ApprovalsList extends ApiCommand {
  static override summary = 'list what was asked to be approved in a pipeline'
  static override examples = ['$ sluice pipelines:approvals -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ApprovalsList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const approvals = await api.get<ApprovalJson[]>(`/pipelines/${pipeline.id}/approvals`)
    if (flags.json) return this.printJson(approvals)
    if (approvals.length === 0) return this.print(`Nothing waits for approval in ${pipeline.name}.`)
    this.print(formatApprovals(approvals))
  }
}
