import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { chooseCertificate } from '#/cli/read-certificate-files.ts'
import { formatPairs } from '#/cli/table.ts'

export class CertsInfo extends ApiCommand {
  static override summary = 'show a TLS certificate of an app'
  static override examples = ['$ sluice certs:info -a shop']
  static override flags = {
    app: appFlag,
    name: Flags.string({ description: 'which, if the app has several' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(CertsInfo)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const certificate = await chooseCertificate(api, app, flags.name)
    if (flags.json) return this.printJson(certificate)
    const { name, ssl_cert: facts } = certificate
    this.print(
      formatPairs([
        ['Name', name],
        ['For', facts.cert_domains.join(', ')],
        ['Subject', facts.subject],
        ['Issuer', facts.issuer],
        ['Starts', facts.starts_at],
        ['Expires', facts.expires_at],
        ['Trusted', facts['ca_signed?'] ? 'yes' : 'no'],
      ]),
    )
  }
}
