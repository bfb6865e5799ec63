import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { newestVersion } from '#/cli/newest-release.ts'
import type { ReleaseJson } from '#/cli/wire.ts'

export class ReleasesOutput extends ApiCommand {
  static override summary = "show the output of a release's release phase"
  static override examples = ['$ sluice releases:output v12 -a shop']
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = { release: Args.string({ description: 'v12; the newest without it' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ReleasesOutput)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const version = args.release ?? (await newestVersion(api, app))
    const release = await api.get<ReleaseJson>(`/apps/${app}/releases/${version.replace(/^v/, '')}`)
    if (!release.output_stream_url) return this.print(`v${release.version} has no release phase.`)
    for await (const text of api.stream(release.output_stream_url)) process.stdout.write(text)
  }
}
