import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { CertificateJson } from '#/cli/wire.ts'

export class CertsList extends ApiCommand {
  static override summary = 'list the TLS certificates of an app'
  static override examples = ['$ sluice certs -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(CertsList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const certificates = await api.get<CertificateJson[]>(`/apps/${app}/sni-endpoints`)
    if (flags.json) return this.printJson(certificates)
    if (certificates.length === 0) return this.print(`No certificates on ⬢ ${app}`)
    this.print(
      formatTable(
        ['Name', 'For', 'Expires', 'Trusted', 'Domains'],
        certificates.map(({ name, domains, ssl_cert: facts }) => [
          name,
          facts.cert_domains.join(', '),
          facts.expires_at.slice(0, 10),
          facts['ca_signed?'] ? 'yes' : 'no',
          String(domains.length),
        ]),
      ),
    )
  }
}
