import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { ApprovalJson } from '#/cli/wire.ts'

export class PipelinesApprove extends ApiCommand {
  static override summary = 'approve that an artifact comes to an app'
  static override examples = ['$ sluice pipelines:approve ID -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = {
    id: Args.string({ required: true, description: 'as sluice pipelines:approvals lists it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesApprove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const path = `/pipelines/${pipeline.id}/approvals/${encodeURIComponent(args.id)}`
    const approval = await this.progress(
      'Approving',
      api.post<ApprovalJson>(`${path}/actions/approve`),
      ({ approvals, needed, app }) => `done, ${approvals.length} of ${needed} for ${app.name}`,
    )
    if (flags.json) this.printJson(approval)
  }
}
