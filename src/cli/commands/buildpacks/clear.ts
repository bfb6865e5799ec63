import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { writeBuildpacks } from '#/cli/buildpack-list.ts'

export class BuildpacksClear extends ApiCommand {
  static override summary = 'remove all buildpacks: the one that fits is found again'
  static override examples = ['$ sluice buildpacks:clear -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(BuildpacksClear)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    await writeBuildpacks(api, app, [])
    this.print('Buildpacks cleared. Next release will detect the buildpack anew.')
  }
}
