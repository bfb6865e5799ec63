import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { readBuildpacks, writeBuildpacks } from '#/cli/buildpack-list.ts'

export class BuildpacksSet extends ApiCommand {
  static override summary = 'set the buildpack of an app, or the one at --index'
  static override examples = [
    '$ sluice buildpacks:set heroku/python -a shop',
    '$ sluice buildpacks:set https://example.com/buildpack.git#v2 --index 1 -a shop',
  ]
  static override flags = {
    app: appFlag,
    index: Flags.integer({ char: 'i', min: 1, description: 'place in the order, from 1' }),
    'data-dir': dataDirFlag,
  }
  static override args = { buildpack: Args.string({ required: true, description: 'name or URL' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(BuildpacksSet)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const now = await readBuildpacks(api, app)
    const at = (flags.index ?? 1) - 1
    await writeBuildpacks(api, app, now.toSpliced(at, 1, args.buildpack))
    this.print(`Buildpack set. Next release on ${app} will use ${args.buildpack}.`)
  }
}
