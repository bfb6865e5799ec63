import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'

export class AppsProtect extends ApiCommand {
  static override summary = 'close an app to the public: visitors need a password'
  static override description =
    'Standard output is USER:PASSWORD. The password is made here and not shown again; the next call makes another.'
  static override examples = [
    '$ sluice apps:protect -a shop-staging',
    '$ curl --user "$(sluice apps:protect -a shop-staging)" https://shop-staging.example.com/',
  ]
  static override flags = {
    app: appFlag,
    user: Flags.string({
      char: 'u',
      description: 'name that goes with the password [default: that of the app]',
    }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsProtect)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { user, password } = await this.progress(
      `Closing ⬢ ${app} to the public`,
      api.post<{ user: string; password: string }>(
        `/apps/${app}/protection`,
        flags.user === undefined ? {} : { user: flags.user },
      ),
    )
    if (flags.json) return this.printJson({ user, password })
    this.print(`${user}:${password}`)
  }
}
