import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class DomainsUpdate extends ApiCommand {
  static override summary = 'choose the certificate of a host name'
  static override examples = [
    '$ sluice domains:update www.example.com --cert certificate-40213 -a shop',
  ]
  static override flags = {
    app: appFlag,
    cert: Flags.string({ char: 'c', required: true, description: 'name of the certificate' }),
    'data-dir': dataDirFlag,
  }
  static override args = { hostname: Args.string({ required: true, description: 'the name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DomainsUpdate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Serving ${args.hostname} of ⬢ ${app} with ${flags.cert}`,
      api.patch(`/apps/${app}/domains/${encodeURIComponent(args.hostname)}`, {
        sni_endpoint: flags.cert,
      }),
    )
  }
}
