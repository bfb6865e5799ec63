import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { LogDrainJson } from '#/cli/wire.ts'

export class DrainsAdd extends ApiCommand {
  static override summary = 'send the log to a URL, too: https, syslog+tls or syslog'
  static override examples = [
    '$ sluice drains:add https://logs.example.com/in -a shop',
    '$ sluice drains:add syslog+tls://logs.example.com:6514 -a shop',
  ]
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { url: Args.string({ required: true, description: 'where to' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DrainsAdd)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { token } = await api.post<LogDrainJson>(`/apps/${app}/log-drains`, { url: args.url })
    this.print(`Successfully added drain ${token}`)
  }
}
