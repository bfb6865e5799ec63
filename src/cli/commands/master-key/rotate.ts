import { setTimeout as pause } from 'node:timers/promises'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import type { MasterKeyJson } from '#/cli/wire.ts'
import type { ApiClient } from '#/api-client/api-client.ts'

const LOOK_EVERY_MS = 300

export class MasterKeyRotate extends ApiCommand {
  static override summary = 'replace the key that wraps all secrets'
  static override description =
    'Everything goes on meanwhile. Signed links that were handed out before (build output, log sessions, uploads) end with the old key. A rotation that was begun is finished, whatever happens to the platform or to this command. Take a new backup of the master key afterwards.'
  static override examples = ['$ sluice master-key:rotate']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(MasterKeyRotate)
    const api = await this.api(flags)
    const before = await api.get<MasterKeyJson>('/master-key')
    await api.post('/master-key/actions/rotate')
    const isHandedIn = before.previous.length > 0
    const after = await this.progress(
      'Rotating the master key',
      untilRotated(api, isHandedIn ? null : before.id),
      ({ id }) => `done, now ${id}`,
    )
    this.print(`The master key is in ${after.file}. Put a copy where your backups are not.`)
    if (isHandedIn)
      this.print('If that file is not the platform’s own, take all but its first line out of it.')
  }
}

/** @param from the key that is to go; null if the new one is there already */
const untilRotated = async (api: ApiClient, from: string | null): Promise<MasterKeyJson> => {
  for (;;) {
    const state = await api.get<MasterKeyJson>('/master-key')
    if (state.id !== from && state.previous.length === 0 && state.remaining_data_keys === 0)
      return state
    await pause(LOOK_EVERY_MS)
  }
}
