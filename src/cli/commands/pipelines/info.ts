import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { appsOfPipeline, findPipeline, nameOfOwner } from '#/cli/pipeline-lookup.ts'
import { formatTable } from '#/cli/table.ts'

export class PipelinesInfo extends ApiCommand {
  static override summary = 'show the apps of a pipeline, stage by stage'
  static override examples = ['$ sluice pipelines:info shop']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { pipeline: Args.string({ required: true, description: 'name or id' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesInfo)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, args.pipeline)
    const apps = await appsOfPipeline(api, pipeline.id)
    if (flags.json) return this.printJson({ pipeline, apps })
    this.print(`=== ${pipeline.name}\n`)
    this.print(`owner: ${await nameOfOwner(api, pipeline.owner)}\n`)
    this.print(
      formatTable(
        ['app name', 'stage', ''],
        apps.map(({ name, stage, ownedElsewhere }) => [
          `⬢ ${name}`,
          stage,
          ownedElsewhere ? 'has another owner' : '',
        ]),
      ),
    )
  }
}
