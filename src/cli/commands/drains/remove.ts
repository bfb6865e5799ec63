import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { LogDrainJson } from '#/cli/wire.ts'

export class DrainsRemove extends ApiCommand {
  static override summary = 'send the log there no more'
  static override examples = ['$ sluice drains:remove https://logs.example.com/in -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    drain: Args.string({ required: true, description: 'URL, token or id of the drain' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DrainsRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const path = `/apps/${app}/log-drains/${encodeURIComponent(args.drain)}`
    const { token } = await api.delete<LogDrainJson>(path)
    this.print(`Successfully removed drain ${token}`)
  }
}
