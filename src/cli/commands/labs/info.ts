import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatPairs } from '#/cli/table.ts'
import type { FeatureJson } from '#/cli/wire.ts'

export class LabsInfo extends ApiCommand {
  static override summary = 'show a feature of your account'
  static override examples = ['$ sluice labs:info pipelines']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { feature: Args.string({ required: true, description: 'name' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(LabsInfo)
    const api = await this.api(flags)
    const path = `/account/features/${encodeURIComponent(args.feature)}`
    const feature = await api.get<FeatureJson>(path)
    if (flags.json) return this.printJson(feature)
    this.print(`=== ${feature.name}\n`)
    this.print(
      formatPairs([
        ['Description', feature.description],
        ['Enabled', String(feature.enabled)],
      ]),
    )
  }
}
