import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class FeaturesEnable extends ApiCommand {
  static override summary = 'turn a feature of an app on'
  static override examples = ['$ sluice features:enable http-session-affinity -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'its name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(FeaturesEnable)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Enabling ${args.feature} for ⬢ ${app}`,
      api.patch(`/apps/${app}/features/${encodeURIComponent(args.feature)}`, { enabled: true }),
    )
  }
}
