import { setTimeout as pause } from 'node:timers/promises'
import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { followRelease } from '#/cli/follow-release.ts'
import type { BuildJson, ReleaseJson } from '#/cli/wire.ts'

const POLL_MS = 200

export class BuildsCreate extends ApiCommand {
  static override summary = 'build the commit that another app runs, with the config of this one'
  static override description =
    'For code whose build reads config vars: what a promotion would carry over has those of the other app in it.'
  static override examples = ['$ sluice builds:create -a shop --from shop-staging']
  static override flags = {
    app: appFlag,
    from: Flags.string({ required: true, description: 'app whose commit is built' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(BuildsCreate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const build = await api.post<BuildJson>(`/apps/${app}/builds/actions/copy`, {
      from: { app: flags.from },
    })
    for await (const text of api.stream(build.output_stream_url)) process.stdout.write(text)
    let now = build
    while (now.status === 'pending') {
      await pause(POLL_MS)
      now = await api.get<BuildJson>(`/apps/${app}/builds/${build.id}`)
    }
    if (now.status === 'failed') throw new Error('The build failed.')
    const release = await api.get<ReleaseJson>(`/apps/${app}/releases/${now.release?.id ?? ''}`)
    await followRelease(api, app, release)
    this.print(`Released v${release.version} of ${app}`)
  }
}
