import { Args } from '@oclif/core'
import {
  afterFlag,
  ApiCommand,
  beforeFlag,
  dataDirFlag,
  jsonFlag,
  pipelineFlag,
} from '#/cli/api-command.ts'
import { findPipeline, listStages, placeAmong } from '#/cli/pipeline-lookup.ts'
import type { StageJson } from '#/cli/wire.ts'

export class StagesMove extends ApiCommand {
  static override summary = 'move a stage of a pipeline, with its apps, before or after another'
  static override examples = ['$ sluice pipelines:stages:move canary -p shop --before production']
  static override flags = {
    pipeline: pipelineFlag,
    before: beforeFlag,
    after: afterFlag,
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { stage: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(StagesMove)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const stages = await listStages(api, pipeline.id)
    const others = stages.filter(({ name }) => name !== args.stage)
    const position = placeAmong(others, flags)
    if (position === undefined) throw new Error('Say where to: --before STAGE or --after STAGE.')
    const stage = await this.progress(
      `Moving stage ${args.stage} of ${pipeline.name} pipeline`,
      api.patch<StageJson>(`/pipelines/${pipeline.id}/stages/${encodeURIComponent(args.stage)}`, {
        position,
      }),
    )
    if (flags.json) this.printJson(stage)
  }
}
