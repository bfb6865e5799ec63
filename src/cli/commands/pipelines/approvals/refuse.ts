import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { ApprovalJson } from '#/cli/wire.ts'

export class ApprovalsRefuse extends ApiCommand {
  static override summary = 'say no to what somebody asked approval for'
  static override examples = ["$ sluice pipelines:approvals:refuse ID -p shop --reason 'Not today'"]
  static override flags = {
    pipeline: pipelineFlag,
    reason: Flags.string({ description: 'why, for whoever asked' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { id: Args.string({ required: true, description: 'id of the request' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ApprovalsRefuse)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const path = `/pipelines/${pipeline.id}/approvals/${encodeURIComponent(args.id)}`
    const approval = await this.progress(
      'Refusing',
      api.post<ApprovalJson>(
        `${path}/actions/refuse`,
        flags.reason === undefined ? {} : { reason: flags.reason },
      ),
      ({ state }) => `done, ${state}`,
    )
    if (flags.json) this.printJson(approval)
  }
}
