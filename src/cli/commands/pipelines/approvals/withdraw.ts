import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { ApprovalJson } from '#/cli/wire.ts'

export class ApprovalsWithdraw extends ApiCommand {
  static override summary = 'take back your approval, or what you asked for'
  static override examples = ['$ sluice pipelines:approvals:withdraw ID -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { id: Args.string({ required: true, description: 'id of the request' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ApprovalsWithdraw)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const path = `/pipelines/${pipeline.id}/approvals/${encodeURIComponent(args.id)}`
    const approval = await this.progress(
      'Withdrawing',
      api.post<ApprovalJson>(`${path}/actions/withdraw`),
      ({ state }) => `done, ${state}`,
    )
    if (flags.json) this.printJson(approval)
  }
}
