import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { appsOfPipeline } from '#/cli/pipeline-lookup.ts'
import { pathsThrough } from '#/cli/pipeline-paths.ts'
import type { CouplingJson } from '#/cli/wire.ts'

export class PipelineShow extends ApiCommand {
  static override summary = 'show which app is downstream of which'
  static override examples = ['$ sluice pipeline -a shop-staging']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelineShow)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { pipeline } = await api.get<CouplingJson>(`/apps/${app}/pipeline-couplings`)
    const paths = pathsThrough(await appsOfPipeline(api, pipeline.id))
    if (flags.json) return this.printJson(paths)
    for (const path of paths) this.print(`Pipeline: ${path.join(' ---> ')}`)
  }
}
