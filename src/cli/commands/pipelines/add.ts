import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { guessOf } from '#/cli/guess-stage.ts'
import { findPipeline } from '#/cli/pipeline-lookup.ts'

export class PipelinesAdd extends ApiCommand {
  static override summary = 'add an app to a pipeline'
  static override examples = ['$ sluice pipelines:add shop -a shop -s production']
  static override flags = {
    app: appFlag,
    stage: Flags.string({ char: 's', description: 'stage of the app' }),
    'data-dir': dataDirFlag,
  }
  static override args = { pipeline: Args.string({ required: true, description: 'name or id' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesAdd)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const pipeline = await findPipeline(api, args.pipeline)
    const stage = flags.stage ?? (await this.askWithDefault(`Stage of ${app}`, guessOf(app).stage))
    await this.progress(
      `Adding ⬢ ${app} to ${pipeline.name} pipeline as ${stage}`,
      api.post('/pipeline-couplings', { app, pipeline: pipeline.id, stage }),
    )
  }
}
