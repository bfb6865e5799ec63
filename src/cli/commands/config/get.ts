import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class ConfigGet extends ApiCommand {
  static override summary = 'print the value of a config var'
  static override examples = ['$ sluice config:get DATABASE_URL -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { key: Args.string({ required: true, description: 'its name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ConfigGet)
    const api = await this.api(flags)
    const vars = await api.get<Record<string, string>>(
      `/apps/${await this.appOf(flags)}/config-vars`,
    )
    this.print(vars[args.key] ?? '')
  }
}
