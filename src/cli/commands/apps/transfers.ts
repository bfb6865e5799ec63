import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { TransferJson } from '#/cli/wire.ts'

export class AppsTransfers extends ApiCommand {
  static override summary = 'list apps that are offered to you and by you; accept, decline, cancel'
  static override examples = ['$ sluice apps:transfers', '$ sluice apps:transfers --accept ID']
  static override flags = {
    accept: Flags.string({ description: 'id of the one to accept' }),
    decline: Flags.string({ description: 'id of the one to decline', exclusive: ['accept'] }),
    cancel: Flags.string({
      description: 'id of an own one to take back',
      exclusive: ['accept', 'decline'],
    }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppsTransfers)
    const api = await this.api(flags)
    const { accept, decline, cancel } = flags
    const path = (id: string): string => `/account/app-transfers/${encodeURIComponent(id)}`
    if (accept !== undefined)
      await this.progress('Accepting', api.patch(path(accept), { state: 'accepted' }))
    else if (decline !== undefined)
      await this.progress('Declining', api.patch(path(decline), { state: 'declined' }))
    else if (cancel !== undefined) await this.progress('Cancelling', api.delete(path(cancel)))
    else {
      const all = await api.get<TransferJson[]>('/account/app-transfers')
      if (flags.json) return this.printJson(all)
      if (all.length === 0) return this.print('No app is on its way.')
      const rows = all.map(({ id, app, owner, recipient, state }) => [
        ...[app.name, owner.email, recipient.email, state, id],
      ])
      this.print(formatTable(['App', 'From', 'To', 'State', 'Id'], rows))
    }
  }
}
