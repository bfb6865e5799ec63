import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatDiff } from '#/cli/format-diff.ts'
import { readDiff } from '#/cli/pipeline-lookup.ts'

export class PipelinesDiff extends ApiCommand {
  static override summary = 'compare an app to those that it is promoted to'
  static override description =
    'Commits and files from the platform’s own git, config vars by their names, add-ons, formation, buildpacks, stack and domains.'
  static override examples = [
    '$ sluice pipelines:diff -a shop-staging',
    '$ sluice pipelines:diff -a shop-staging --to shop --json',
  ]
  static override flags = {
    app: appFlag,
    json: jsonFlag,
    to: Flags.string({ description: 'apps, parted by commas; else those of the next stage' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesDiff)
    const api = await this.api(flags)
    const diff = await readDiff(api, await this.appOf(flags), flags.to)
    if (flags.json) return this.printJson(diff)
    this.print(formatDiff(diff))
  }
}
