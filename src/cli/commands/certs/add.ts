import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { readCertificateFiles } from '#/cli/read-certificate-files.ts'
import type { CertificateJson } from '#/cli/wire.ts'

export class CertsAdd extends ApiCommand {
  static override summary = 'add a TLS certificate to an app'
  static override description =
    'Domains of the app that it is for and that have no certificate yet are served with it at once.'
  static override examples = ['$ sluice certs:add shop.crt shop.key -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    certificate: Args.string({ required: true, description: 'file of the chain, PEM' }),
    key: Args.string({ required: true, description: 'file of the private key, PEM' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(CertsAdd)
    const files = await readCertificateFiles(args)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Adding a certificate to ⬢ ${app}`,
      api.post<CertificateJson>(`/apps/${app}/sni-endpoints`, files),
      ({ name, domains, ssl_cert: facts }) =>
        `done, ${name} for ${facts.cert_domains.join(', ')}, serves ${domains.length} domains`,
    )
  }
}
