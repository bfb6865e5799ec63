import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { followPromotion } from '#/cli/follow-promotion.ts'
import { promotionOf } from '#/cli/pipeline-lookup.ts'

export class PipelinePromote extends ApiCommand {
  static override summary = 'promote an app to the one downstream'
  static override examples = ['$ sluice pipeline:promote -a shop-staging']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinePromote)
    const api = await this.api(flags)
    const { pipelineId, source, targets } = await promotionOf(
      api,
      await this.appOf(flags),
      undefined,
    )
    const names = targets.map(({ name }) => name).join(', ')
    process.stdout.write(`Promoting ${source.name} to ${names}...`)
    const promotion = await api.postOnce<{ id: string }>('/pipeline-promotions', {
      pipeline: { id: pipelineId },
      source: { app: { id: source.id } },
      targets: targets.map(({ id }) => ({ app: { id } })),
    })
    const { targets: outcomes } = await followPromotion(api, promotion.id)
    const said: string[] = []
    for (const { app, status, release, error_message: reason } of outcomes) {
      const name = targets.find(({ id }) => id === app.id)?.name ?? app.id
      const what =
        status === 'succeeded' ? `v${release.version}` : `failed${reason ? ` (${reason})` : ''}`
      said.push(targets.length === 1 ? what : `${name} ${what}`)
    }
    this.print(`done, ${said.join(', ')}`)
    if (outcomes.some(({ status }) => status === 'failed')) this.exit(1)
  }
}
