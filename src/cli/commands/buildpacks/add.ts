import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { readBuildpacks, writeBuildpacks } from '#/cli/buildpack-list.ts'

export class BuildpacksAdd extends ApiCommand {
  static override summary = 'add a buildpack at the end, or at --index'
  static override examples = [
    '$ sluice buildpacks:add heroku/python -a shop',
    '$ sluice buildpacks:add https://example.com/buildpack.git#v2 --index 1 -a shop',
  ]
  static override flags = {
    app: appFlag,
    index: Flags.integer({ char: 'i', min: 1, description: 'place in the order, from 1' }),
    'data-dir': dataDirFlag,
  }
  static override args = { buildpack: Args.string({ required: true, description: 'name or URL' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(BuildpacksAdd)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const now = await readBuildpacks(api, app)
    const at = (flags.index ?? now.length + 1) - 1
    await writeBuildpacks(api, app, now.toSpliced(at, 0, args.buildpack))
    this.print(`Buildpack added. Next release on ${app} will use ${args.buildpack}.`)
  }
}
