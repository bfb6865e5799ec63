import { Flags } from '@oclif/core'
import {
  ApiCommand,
  dataDirFlag,
  jsonFlag,
  pipelineFlag,
  policedStageFlag,
} from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import { formatPairs } from '#/cli/table.ts'
import { formatMoment } from '#/cli/format-policy.ts'
import type { PolicyJson } from '#/cli/wire.ts'

export class PipelinesPolicy extends ApiCommand {
  static override summary = 'show or change what a stage of a pipeline asks of changes to its apps'
  static override examples = [
    '$ sluice pipelines:policy -p shop -s production',
    '$ sluice pipelines:policy -p shop -s production --approvals 1 --approval-team shop-leads',
    '$ sluice pipelines:policy -p shop -s production --no-direct-deploys --auto-rollback 5',
    "$ sluice pipelines:policy -p shop -s production --block 'config.*' --block blocking",
  ]
  static override flags = {
    pipeline: pipelineFlag,
    stage: policedStageFlag,
    approvals: Flags.integer({ min: 0, description: 'so many people must approve a promotion' }),
    'approval-team': Flags.string({
      description: 'team whose members approve; pipeline: its own',
    }),
    'approval-hours': Flags.integer({ min: 1, description: 'an approval counts so long' }),
    promoters: Flags.string({
      options: ['admins', 'deployers', 'default'],
      description: 'who promotes to the stage',
    }),
    'direct-deploys': Flags.boolean({
      allowNo: true,
      description: 'whether code may come otherwise than by promotion',
    }),
    block: Flags.string({
      multiple: true,
      description: 'findings of a plan that block: a code, topic.*, a level, or none',
    }),
    'auto-rollback': Flags.integer({
      min: 0,
      description: 'minutes in which a crash undoes a release; 0: never',
    }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesPolicy)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const path = `/pipelines/${pipeline.id}/stages/${encodeURIComponent(flags.stage)}/policy`
    const team = flags['approval-team']
    const change = {
      approvals: flags.approvals,
      approval_team: team === 'pipeline' ? null : team,
      approval_hours: flags['approval-hours'],
      promoters: flags.promoters === 'default' ? null : flags.promoters,
      direct_deploys: flags['direct-deploys'],
      blocking_findings: flags.block?.filter((rule) => rule !== 'none'),
      auto_rollback_minutes: flags['auto-rollback'],
    }
    const isShown = Object.values(change).every((value) => value === undefined)
    const policy = isShown
      ? await api.get<PolicyJson>(path)
      : await api.patch<PolicyJson>(path, change)
    if (flags.json) return this.printJson(policy)
    const { now, next } = policy.freeze
    this.print(`=== ${flags.stage} of ${pipeline.name}\n`)
    this.print(
      formatPairs([
        ['Approvals', approvalsOf(policy)],
        ['Promoters', policy.promoters ?? 'default: admins to production, else whoever may deploy'],
        ['Direct deploys', policy.direct_deploys ? 'yes' : 'no: code comes by promotion only'],
        ['Blocking findings', policy.blocking_findings.join(', ') || 'none'],
        ['Auto-rollback', minutesOf(policy.auto_rollback_minutes)],
        ['Frozen now', now ? `until ${formatMoment(now.until, now.time_zone)}` : 'no'],
        ['Next freeze', next ? formatMoment(next.from, next.time_zone) : 'none'],
      ]),
    )
  }
}

const approvalsOf = ({ approvals, approval_hours: hours }: PolicyJson): string =>
  approvals === 0 ? 'none needed' : `${approvals}, each counts for ${hours} hours`

const minutesOf = (minutes: number): string =>
  minutes === 0 ? 'off' : `if a dyno crashes within ${minutes} minutes`
