import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { DomainJson } from '#/cli/wire.ts'

export class DomainsAdd extends ApiCommand {
  static override summary = 'have an app answer to a host name of your own'
  static override description =
    'A name such as *.example.com stands for all names one label below it. Without --cert the newest certificate of the app that is for the name is used.'
  static override examples = [
    '$ sluice domains:add www.example.com -a shop',
    "$ sluice domains:add '*.example.com' -a shop --cert certificate-40213",
  ]
  static override flags = {
    app: appFlag,
    cert: Flags.string({ char: 'c', description: 'name of the certificate' }),
    'data-dir': dataDirFlag,
  }
  static override args = { hostname: Args.string({ required: true, description: 'the name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DomainsAdd)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { cname } = await this.progress(
      `Adding ${args.hostname} to ⬢ ${app}`,
      api.post<DomainJson>(`/apps/${app}/domains`, {
        hostname: args.hostname,
        sni_endpoint: flags.cert ?? null,
      }),
    )
    this.print(`Point the name to this platform in DNS. It is the machine of ${cname}.`)
  }
}
