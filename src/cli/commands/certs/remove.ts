import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { chooseCertificate } from '#/cli/read-certificate-files.ts'

export class CertsRemove extends ApiCommand {
  static override summary = 'remove a TLS certificate and its key from an app'
  static override examples = [
    '$ sluice certs:remove --name certificate-40213 -a shop --confirm shop',
  ]
  static override flags = {
    app: appFlag,
    name: Flags.string({ description: 'which, if the app has several' }),
    confirm: Flags.string({ char: 'c', description: 'name of the app, instead of typing it' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(CertsRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { name } = await chooseCertificate(api, app, flags.name)
    await this.confirm(app, flags.confirm, `This removes ${name} and its key from ${app}.`)
    await this.progress(
      `Removing ${name} from ⬢ ${app}`,
      api.delete(`/apps/${app}/sni-endpoints/${name}`),
    )
  }
}
