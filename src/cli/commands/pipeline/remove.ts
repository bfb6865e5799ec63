import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'
import type { CouplingJson } from '#/cli/wire.ts'

export class PipelineRemove extends ApiCommand {
  static override summary = 'take what is downstream of an app out of the pipeline'
  static override examples = ['$ sluice pipeline:remove -a shop-staging']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelineRemove)
    const api = await this.api(flags)
    const { targets } = await promotionOf(api, await this.appOf(flags), undefined)
    for (const { id, name } of targets) {
      const coupling = await api.get<CouplingJson>(`/apps/${id}/pipeline-couplings`)
      await api.delete(`/pipeline-couplings/${coupling.id}`)
      this.print(`Removed downstream app: ${name}`)
    }
  }
}
