import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatTable, formatTime } from '#/cli/table.ts'
import type { ReleaseJson } from '#/cli/wire.ts'

export class ReleasesList extends ApiCommand {
  static override summary = 'list the releases of an app'
  static override examples = ['$ sluice releases -a shop', '$ sluice releases -a shop -n 50 --json']
  static override flags = {
    app: appFlag,
    json: jsonFlag,
    num: Flags.integer({ char: 'n', default: 15, min: 1, max: 1000, description: 'how many' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ReleasesList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const releases = await api.get<ReleaseJson[]>(`/apps/${app}/releases`, {
      range: `version ..; max=${flags.num}, order=desc`,
    })
    if (flags.json) return this.printJson(releases)
    const current = releases.find((release) => release.current)
    this.print(`=== ${app} Releases${current ? ` - Current: v${current.version}` : ''}\n`)
    const rows = releases.map((release) => [
      `v${release.version}`,
      `${release.description}${release.status === 'succeeded' ? '' : ` (${release.status})`}`,
      release.user.email,
      formatTime(release.created_at),
    ])
    this.print(formatTable(['Version', 'Description', 'User', 'Created'], rows))
  }
}
