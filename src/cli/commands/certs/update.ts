import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { chooseCertificate, readCertificateFiles } from '#/cli/read-certificate-files.ts'
import type { CertificateJson } from '#/cli/wire.ts'

export class CertsUpdate extends ApiCommand {
  static override summary = 'put a new TLS certificate in the place of an old one'
  static override examples = ['$ sluice certs:update new.crt new.key -a shop']
  static override flags = {
    app: appFlag,
    name: Flags.string({ description: 'which, if the app has several' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    certificate: Args.string({ required: true, description: 'file of the chain, PEM' }),
    key: Args.string({ required: true, description: 'file of the private key, PEM' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(CertsUpdate)
    const files = await readCertificateFiles(args)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { name } = await chooseCertificate(api, app, flags.name)
    await this.progress(
      `Updating ${name} of ⬢ ${app}`,
      api.patch<CertificateJson>(`/apps/${app}/sni-endpoints/${name}`, files),
      ({ ssl_cert: facts }) => `done, good until ${facts.expires_at.slice(0, 10)}`,
    )
  }
}
