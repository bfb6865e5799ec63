import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class LabsDisable extends ApiCommand {
  static override summary = 'switch a feature off: of your account, or with --app of an app'
  static override examples = [
    '$ sluice labs:disable pipelines',
    '$ sluice labs:disable log-runtime-metrics -a shop',
  ]
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(LabsDisable)
    const api = await this.api(flags)
    const feature = encodeURIComponent(args.feature)
    const [owner, path] =
      flags.app === undefined
        ? [(await api.get<{ email: string }>('/account')).email, '/account']
        : [`⬢ ${flags.app}`, `/apps/${encodeURIComponent(flags.app)}`]
    await this.progress(
      `Disabling ${args.feature} for ${owner}`,
      api.patch(`${path}/features/${feature}`, { enabled: false }),
    )
  }
}
