import { Flags } from '@oclif/core'
import {
  ApiCommand,
  dataDirFlag,
  jsonFlag,
  pipelineFlag,
  policedStageFlag,
} from '#/cli/api-command.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'
import type { FreezeJson } from '#/cli/wire.ts'

export class FreezesAdd extends ApiCommand {
  static override summary = 'freeze a stage each week, or between two dates'
  static override examples = [
    "$ sluice pipelines:freezes:add -p shop -s production --weekly 'Fri 16:00-Mon 08:00' --zone Europe/Vienna",
    '$ sluice pipelines:freezes:add -p shop -s production --from 2026-12-20 --until 2027-01-07 --reason Holidays',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    stage: policedStageFlag,
    weekly: Flags.string({
      exclusive: ['from', 'until'],
      description: 'begin and end in the week: Fri 16:00-Mon 08:00',
    }),
    from: Flags.string({
      dependsOn: ['until'],
      description: '2026-12-20 or 2026-12-20T16:00',
    }),
    until: Flags.string({
      dependsOn: ['from'],
      description: 'the first moment after it',
    }),
    zone: Flags.string({
      default: Intl.DateTimeFormat().resolvedOptions().timeZone,
      description: 'time zone, such as Europe/Vienna; default: this machine’s',
    }),
    reason: Flags.string({ description: 'shown to whoever is refused' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(FreezesAdd)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const freeze = await this.progress(
      `Freezing ${flags.stage} of ${pipeline.name}`,
      api.post<FreezeJson>(`/pipelines/${pipeline.id}/freezes`, {
        stage: flags.stage,
        ...windowOf(flags),
        time_zone: flags.zone,
        ...(flags.reason ? { reason: flags.reason } : {}),
      }),
    )
    if (flags.json) return this.printJson(freeze)
    this.print(
      `${freeze.starts} – ${freeze.ends} ${freeze.time_zone}${freeze.now ? ', frozen now' : ''}`,
    )
    this.print(`To end it, run: sluice pipelines:freezes:remove ${freeze.id} -p ${pipeline.name}`)
  }
}

const windowOf = ({
  weekly,
  from,
  until,
}: {
  weekly?: string | undefined
  from?: string | undefined
  until?: string | undefined
}): { kind: string; starts: string; ends: string } => {
  if (weekly === undefined && from === undefined)
    throw new Error("Say when: --weekly 'Fri 16:00-Mon 08:00', or --from and --until.")
  if (weekly === undefined) return { kind: 'range', starts: from ?? '', ends: until ?? '' }
  const [starts = '', ends = ''] = weekly.split(/\s*[-–]\s*/)
  return { kind: 'weekly', starts, ends }
}
