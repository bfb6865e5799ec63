import { Args, Flags } from '@oclif/core'
import {
  afterFlag,
  ApiCommand,
  beforeFlag,
  dataDirFlag,
  jsonFlag,
  pipelineFlag,
} from '#/cli/api-command.ts'
import { STAGES } from '#/cli/guess-stage.ts'
import { findPipeline, listStages, placeAmong } from '#/cli/pipeline-lookup.ts'
import type { StageJson } from '#/cli/wire.ts'

export class StagesAdd extends ApiCommand {
  static override summary = 'add a stage to a pipeline'
  static override description =
    'Its kind is the stage as which the heroku CLI shows it. Into every stage of the kind production only those promote who may promote into production.'
  static override examples = [
    '$ sluice pipelines:stages:add canary -p shop --kind production --before production',
  ]
  static override flags = {
    pipeline: pipelineFlag,
    kind: Flags.string({
      char: 'k',
      options: [...STAGES, 'test'],
      description: 'kind of the stage; by default as its name says, else staging',
    }),
    before: beforeFlag,
    after: afterFlag,
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { stage: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(StagesAdd)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const position = placeAmong(await listStages(api, pipeline.id), flags)
    const kind = flags.kind ?? (STAGES.includes(args.stage) ? args.stage : 'staging')
    const stage = await this.progress(
      `Adding stage ${args.stage} to ${pipeline.name} pipeline`,
      api.post<StageJson>(`/pipelines/${pipeline.id}/stages`, {
        name: args.stage,
        kind,
        ...(position === undefined ? {} : { position }),
      }),
    )
    if (flags.json) this.printJson(stage)
  }
}
