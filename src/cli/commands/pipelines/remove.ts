import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { CouplingJson } from '#/cli/wire.ts'

export class PipelinesRemove extends ApiCommand {
  static override summary = 'take an app out of its pipeline'
  static override examples = ['$ sluice pipelines:remove -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const coupling = await api.get<CouplingJson>(`/apps/${app}/pipeline-couplings`)
    await this.progress(
      `Removing ⬢ ${app} from ${coupling.pipeline.name}`,
      api.delete(`/pipeline-couplings/${coupling.id}`),
    )
  }
}
