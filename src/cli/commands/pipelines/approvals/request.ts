import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatApprovals } from '#/cli/format-approvals.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'
import type { ApprovalJson } from '#/cli/wire.ts'

export class ApprovalsRequest extends ApiCommand {
  static override summary = 'ask for approval of what a promotion would carry over'
  static override examples = [
    '$ sluice pipelines:approvals:request -a shop-staging',
    '$ sluice pipelines:approvals:request -a shop-staging --to shop --release v5',
  ]
  static override flags = {
    app: appFlag,
    to: Flags.string({
      char: 't',
      description: 'target apps, parted by commas; else those of the next stage',
    }),
    release: Flags.string({ char: 'r', description: 'an earlier release of the app, such as v5' }),
    reason: Flags.string({ description: 'why, for those who approve' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ApprovalsRequest)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { pipelineId, source, targets } = await promotionOf(api, app, flags.to)
    const release = flags.release?.replace(/^v/, '')
    const approvals = await this.progress(
      `Asking for approval for ${targets.map(({ name }) => name).join(', ')}`,
      api.post<ApprovalJson[]>(`/pipelines/${pipelineId}/approvals`, {
        source: { app: { id: source.id }, ...(release ? { release } : {}) },
        targets: targets.map(({ id }) => ({ app: { id } })),
        ...(flags.reason === undefined ? {} : { reason: flags.reason }),
      }),
    )
    if (flags.json) return this.printJson(approvals)
    this.print(formatApprovals(approvals))
  }
}
