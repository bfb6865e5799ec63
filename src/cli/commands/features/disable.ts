import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class FeaturesDisable extends ApiCommand {
  static override summary = 'turn a feature of an app off'
  static override examples = ['$ sluice features:disable http-session-affinity -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'its name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(FeaturesDisable)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Disabling ${args.feature} for ⬢ ${app}`,
      api.patch(`/apps/${app}/features/${encodeURIComponent(args.feature)}`, { enabled: false }),
    )
  }
}
