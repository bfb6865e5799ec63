import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { CouplingJson } from '#/cli/wire.ts'

export class PipelinesUpdate extends ApiCommand {
  static override summary = 'move an app to another stage of its pipeline'
  static override examples = ['$ sluice pipelines:update -a shop -s production']
  static override flags = {
    app: appFlag,
    stage: Flags.string({ char: 's', required: true, description: 'new stage' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesUpdate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const coupling = await api.get<CouplingJson>(`/apps/${app}/pipeline-couplings`)
    await this.progress(
      `Changing ⬢ ${app} to ${flags.stage}`,
      api.patch(`/pipeline-couplings/${coupling.id}`, { stage: flags.stage }),
    )
  }
}
