import { setTimeout as pause } from 'node:timers/promises'
import { Flags } from '@oclif/core'
import type { ApiClient } from '#/api-client/api-client.ts'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { followRelease } from '#/cli/follow-release.ts'
import type { BuildJson, ReleaseJson } from '#/cli/wire.ts'

const POLL_MS = 200

export class BuildsCreate extends ApiCommand {
  static override summary =
    'build a branch that was pushed to an app, or the commit that another app runs'
  static override description =
    "A branch is built as it is now, and no branch moves by it. --from is for code whose build reads config vars: it builds the other app's commit with the config of this one, where a promotion would carry over what was built with the other's."
  static override examples = [
    '$ sluice builds:create -a shop-staging --branch new-checkout',
    '$ sluice builds:create -a shop --from shop-staging',
  ]
  static override flags = {
    app: appFlag,
    branch: Flags.string({
      exactlyOne: ['branch', 'from'],
      description: "branch of the app's repository",
    }),
    from: Flags.string({ description: 'app whose commit is built' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(BuildsCreate)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const build = await createBuild(api, app, flags)
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

const createBuild = (
  api: ApiClient,
  app: string,
  { branch, from }: { branch?: string | undefined; from?: string | undefined },
): Promise<BuildJson> =>
  branch === undefined
    ? api.post<BuildJson>(`/apps/${app}/builds/actions/copy`, { from: { app: from } })
    : api.post<BuildJson>(`/apps/${app}/builds/actions/deploy-branch`, { branch })
