import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { currentSlug } from '#/cli/current-slug.ts'
import { formatPairs } from '#/cli/table.ts'
import type { AddOnJson, AppJson, CouplingJson, DynoJson } from '#/cli/wire.ts'

export class AppsInfo extends ApiCommand {
  static override summary = 'show an app: its addresses, its slug, what it runs'
  static override examples = ['$ sluice apps:info -a shop', '$ sluice apps:info -a shop --json']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsInfo)
    const api = await this.api(flags)
    const name = await this.appOf(flags)
    const [app, addons, dynos, slug, coupling] = await Promise.all([
      api.get<AppJson>(`/apps/${name}`),
      api.get<AddOnJson[]>(`/apps/${name}/addons`),
      api.get<DynoJson[]>(`/apps/${name}/dynos`),
      currentSlug(api, name),
      api.get<CouplingJson>(`/apps/${name}/pipeline-couplings`).catch(() => null),
    ])
    if (flags.json) return this.printJson({ app, addons, dynos, slug, pipeline_coupling: coupling })
    this.print(`=== ${app.name}\n`)
    this.print(
      formatPairs([
        ['Web URL', app.web_url],
        ['Git URL', app.git_url],
        ['Owner', app.team?.name ?? app.owner?.email ?? ''],
        ['Stack', app.stack.name],
        [
          'Slug',
          slug
            ? `${slug.checksum} (${slug.size ? `${(slug.size / 1e6).toFixed(1)} MB` : ''})`
            : 'none yet',
        ],
        ['Addons', addons.map((addon) => addon.plan.name).join(', ')],
        ['Dynos', dynos.map((dyno) => dyno.name).join(', ')],
        ...(coupling
          ? [['Pipeline', `${coupling.pipeline.name} - ${coupling.stage}`] as [string, string]]
          : []),
      ]),
    )
  }
}
