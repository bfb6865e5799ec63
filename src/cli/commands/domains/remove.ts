import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class DomainsRemove extends ApiCommand {
  static override summary = 'take a host name away from an app'
  static override examples = ['$ sluice domains:remove www.example.com -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { hostname: Args.string({ required: true, description: 'the name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DomainsRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Removing ${args.hostname} from ⬢ ${app}`,
      api.delete(`/apps/${app}/domains/${encodeURIComponent(args.hostname)}`),
    )
  }
}
