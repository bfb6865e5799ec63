import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

export class PsRestart extends ApiCommand {
  static override summary = 'restart all dynos, those of a type, or one'
  static override examples = ['$ sluice ps:restart -a shop', '$ sluice ps:restart web.1 -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { dyno: Args.string({ description: 'web.1, or web for all of a type' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(PsRestart)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await this.progress(
      `Restarting ${args.dyno ?? 'all dynos'} on ⬢ ${app}`,
      api.delete(`/apps/${app}/dynos${args.dyno ? `/${encodeURIComponent(args.dyno)}` : ''}`),
    )
  }
}
