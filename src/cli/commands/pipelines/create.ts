import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { guessOf } from '#/cli/guess-stage.ts'
import type { PipelineJson } from '#/cli/wire.ts'

export class PipelinesCreate extends ApiCommand {
  static override summary = 'create a pipeline with its first app'
  static override examples = [
    '$ sluice pipelines:create shop -a shop-staging -s staging',
    '$ sluice pipelines:create -a shop-staging',
  ]
  static override flags = {
    app: appFlag,
    stage: Flags.string({ char: 's', description: 'stage of the app' }),
    team: Flags.string({ char: 't', description: 'team that owns it' }),
    'data-dir': dataDirFlag,
  }
  static override args = { name: Args.string({ description: 'name of the pipeline' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelinesCreate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const guess = guessOf(app)
    const name = args.name ?? (await this.askWithDefault('Pipeline name', guess.pipeline))
    const stage = flags.stage ?? (await this.askWithDefault(`Stage of ${app}`, guess.stage))
    const owner = flags.team
      ? { owner: { id: (await api.get<{ id: string }>(`/teams/${flags.team}`)).id, type: 'team' } }
      : {}
    const pipeline = await this.progress(
      `Creating ${name} pipeline`,
      api.post<PipelineJson>('/pipelines', { name, ...owner }),
    )
    await this.progress(
      `Adding ⬢ ${app} to ${name} pipeline as ${stage}`,
      api.post('/pipeline-couplings', { app, pipeline: pipeline.id, stage }),
    )
  }
}
