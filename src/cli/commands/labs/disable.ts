import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class LabsDisable extends ApiCommand {
  static override summary = 'switch a feature of your account off'
  static override examples = ['$ sluice labs:disable pipelines']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(LabsDisable)
    const api = await this.api(flags)
    const { email } = await api.get<{ email: string }>('/account')
    await this.progress(
      `Disabling ${args.feature} for ${email}`,
      api.patch(`/account/features/${encodeURIComponent(args.feature)}`, { enabled: false }),
    )
  }
}
