import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { coupleDownstream } from '#/cli/couple-downstream.ts'

export class PipelineAdd extends ApiCommand {
  static override summary = 'say which app an app is promoted to'
  static override examples = ['$ sluice pipeline:add shop -a shop-staging']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    downstream: Args.string({ required: true, description: 'app that comes after' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PipelineAdd)
    const api = await this.api(flags)
    await coupleDownstream(api, await this.appOf(flags), args.downstream)
    this.print(`Added downstream app: ${args.downstream}`)
  }
}
