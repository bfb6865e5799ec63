import { dataDirFlag } from '#/cli/api-command.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import { stopPlatform } from '#/cli/stop-platform.ts'
import { readSettings } from '#/foundation/settings.ts'

export class Down extends LocalCommand {
  static override summary = 'stop the platform, its dynos too'
  static override description = 'Nothing is lost: the next `sluice up` starts what is wanted again.'
  static override examples = ['$ sluice down', '$ sluice down --data-dir ~/try']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Down)
    const dataDir = this.dataDirOf(flags)
    if (!(await readSettings(dataDir))) return this.print(`There is no platform in ${dataDir}.`)
    await this.progress('Stopping', stopPlatform(dataDir))
  }
}
