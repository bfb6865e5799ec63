import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { DomainJson } from '#/cli/wire.ts'

export class DomainsList extends ApiCommand {
  static override summary = 'list the host names that an app answers to'
  static override examples = ['$ sluice domains -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(DomainsList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const domains = await api.get<DomainJson[]>(`/apps/${app}/domains`, {
      range: 'id ..; max=1000',
    })
    if (flags.json) return this.printJson(domains)
    this.print(
      formatTable(
        ['Domain', 'DNS target', 'Certificate'],
        domains.map(({ hostname, cname, sni_endpoint: certificate }) => [
          hostname,
          cname ?? '',
          certificate?.name ?? '',
        ]),
      ),
    )
  }
}
