import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { readBuildpacks, writeBuildpacks } from '#/cli/buildpack-list.ts'

export class BuildpacksRemove extends ApiCommand {
  static override summary = 'remove one buildpack'
  static override examples = [
    '$ sluice buildpacks:remove heroku/python -a shop',
    '$ sluice buildpacks:remove --index 2 -a shop',
  ]
  static override flags = {
    app: appFlag,
    index: Flags.integer({ char: 'i', min: 1, description: 'place in the order, from 1' }),
    'data-dir': dataDirFlag,
  }
  static override args = { buildpack: Args.string({ description: 'name or URL' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(BuildpacksRemove)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const now = await readBuildpacks(api, app)
    const at = flags.index === undefined ? now.indexOf(args.buildpack ?? '') : flags.index - 1
    if (now[at] === undefined)
      throw new Error(`${app} has no such buildpack. See: sluice buildpacks -a ${app}`)
    await writeBuildpacks(api, app, now.toSpliced(at, 1))
    this.print('Buildpack removed.')
  }
}
