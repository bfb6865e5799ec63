import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { followRelease } from '#/cli/follow-release.ts'
import { previousVersion } from '#/cli/newest-release.ts'
import type { ReleaseJson } from '#/cli/wire.ts'

export class ReleasesRollback extends ApiCommand {
  static override summary = 'release again what an earlier release was: its slug and its config'
  static override examples = [
    '$ sluice releases:rollback -a shop',
    '$ sluice releases:rollback v12 -a shop',
  ]
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    release: Args.string({ description: 'v12; the one before the current without it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ReleasesRollback)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const target = args.release ?? (await previousVersion(api, app))
    const release = await this.progress(
      `Rolling back ⬢ ${app} to ${target}`,
      api.post<ReleaseJson>(`/apps/${app}/releases`, { release: target }),
      ({ version }) => `done, v${version}`,
    )
    await followRelease(api, app, release)
    this.print(`To undo, run: sluice releases:rollback v${release.version - 1} -a ${app}`)
  }
}
