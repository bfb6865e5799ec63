import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class LabsEnable extends ApiCommand {
  static override summary = 'switch a feature of your account on'
  static override examples = ['$ sluice labs:enable pipelines']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(LabsEnable)
    const api = await this.api(flags)
    const { email } = await api.get<{ email: string }>('/account')
    await this.progress(
      `Enabling ${args.feature} for ${email}`,
      api.patch(`/account/features/${encodeURIComponent(args.feature)}`, { enabled: true }),
    )
  }
}
