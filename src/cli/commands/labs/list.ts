import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import type { FeatureJson } from '#/cli/wire.ts'

export class Labs extends ApiCommand {
  static override summary = 'list the features of your account'
  static override examples = ['$ sluice labs']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Labs)
    const api = await this.api(flags)
    const features = await api.get<FeatureJson[]>('/account/features')
    if (flags.json) return this.printJson(features)
    const { email } = await api.get<{ email: string }>('/account')
    this.print(`=== User Features ${email}\n`)
    for (const { name, description, enabled } of features)
      this.print(`[${enabled ? '+' : ' '}] ${name}  ${description}`)
  }
}
