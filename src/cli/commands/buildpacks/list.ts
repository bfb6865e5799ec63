import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { readBuildpacks } from '#/cli/buildpack-list.ts'

export class BuildpacksList extends ApiCommand {
  static override summary = 'list the buildpacks of an app, in the order they run'
  static override examples = ['$ sluice buildpacks -a shop']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(BuildpacksList)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const installed = await readBuildpacks(api, app)
    if (flags.json) return this.printJson(installed)
    if (installed.length === 0)
      return this.print(`${app} has no buildpack set: the one that fits is found at each build.`)
    this.print(`=== ${app} Buildpack URL${installed.length > 1 ? 's' : ''}\n`)
    installed.forEach((name, index) =>
      this.print(installed.length > 1 ? `${index + 1}. ${name}` : name),
    )
  }
}
