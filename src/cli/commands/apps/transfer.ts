import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { AppJson, TransferJson } from '#/cli/wire.ts'

export class AppsTransfer extends ApiCommand {
  static override summary = 'give an app to another person or team'
  static override examples = [
    '$ sluice apps:transfer acme -a shop',
    '$ sluice apps:transfer ada@example.com -a shop',
  ]
  static override flags = {
    app: appFlag,
    locked: Flags.boolean({ char: 'l', description: 'lock the app once the team has it' }),
    'data-dir': dataDirFlag,
  }
  static override args = {
    recipient: Args.string({ required: true, description: 'team, or e-mail address of a person' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AppsTransfer)
    const api = await this.api(flags)
    const { name, team } = await api.get<AppJson>(`/apps/${await this.appOf(flags)}`)
    const { recipient } = args
    if (team === null && recipient.includes('@')) {
      await this.progress(
        `Initiating transfer of ⬢ ${name} to ${recipient}`,
        api.post<TransferJson>('/account/app-transfers', { app: name, recipient }),
        ({ id }) => `done. They accept it with: sluice apps:transfers --accept ${id}`,
      )
      return
    }
    await this.progress(
      `Transferring ⬢ ${name} to ${recipient}`,
      api.patch(`/teams/apps/${name}`, { owner: recipient }),
    )
    if (flags.locked)
      await this.progress(`Locking ⬢ ${name}`, api.patch(`/teams/apps/${name}`, { locked: true }))
  }
}
