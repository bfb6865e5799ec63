import { ApiCommand, dataDirFlag, jsonFlag, pipelineFlag } from '#/cli/api-command.ts'
import { appsOfPipeline, findPipeline, listStages } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'

export class StagesList extends ApiCommand {
  static override summary = 'list the stages of a pipeline in the order of promotion'
  static override examples = ['$ sluice pipelines:stages -p shop']
  static override flags = { pipeline: pipelineFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(StagesList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const stages = await listStages(api, pipeline.id)
    if (flags.json) return this.printJson(stages)
    const apps = await appsOfPipeline(api, pipeline.id)
    this.print(
      formatTable(
        ['stage', 'kind', 'apps'],
        stages.map(({ name, kind }) => [
          name,
          kind,
          apps
            .filter(({ stage }) => stage === name)
            .map((app) => app.name)
            .join(', '),
        ]),
      ),
    )
  }
}
