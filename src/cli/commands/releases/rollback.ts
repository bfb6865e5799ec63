import { Args, Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { followRelease } from '#/cli/follow-release.ts'
import { formatRollback } from '#/cli/format-rollback.ts'
import { previousVersion } from '#/cli/newest-release.ts'
import type { ReleaseJson, RollbackPlanJson } from '#/cli/wire.ts'

export class ReleasesRollback extends ApiCommand {
  static override summary = 'release again what an earlier release was: its slug and its config'
  static override examples = [
    '$ sluice rollback -a shop',
    '$ sluice rollback v12 -a shop --dry-run',
    '$ sluice releases:rollback v12 -a shop --config',
  ]
  static override flags = {
    app: appFlag,
    code: Flags.boolean({ description: 'only the code; the config stays', exclusive: ['config'] }),
    config: Flags.boolean({ description: 'only the config; the code stays' }),
    'dry-run': Flags.boolean({ description: 'only say what it would do' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = {
    release: Args.string({ description: 'v12; the one before the current without it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ReleasesRollback)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const target = args.release ?? (await previousVersion(api, app))
    const body = { release: target, ...onlyOf(flags) }
    const plan = await api.post<RollbackPlanJson>(`/apps/${app}/rollback-plans`, body)
    if (flags.json && flags['dry-run']) return this.printJson(plan)
    process.stderr.write(`${formatRollback(plan)}\n`)
    if (flags['dry-run']) return
    const release = await this.progress(
      `Rolling back ⬢ ${app} to ${target}`,
      api.post<ReleaseJson>(`/apps/${app}/releases`, body),
      ({ version }) => `done, v${version}`,
    )
    await followRelease(api, app, release)
    if (flags.json) return this.printJson(release)
    this.print(`To undo, run: sluice releases:rollback v${release.version - 1} -a ${app}`)
  }
}

const onlyOf = ({
  code,
  config,
}: {
  code: boolean
  config: boolean
}): { only?: 'code' | 'config' } => {
  if (code) return { only: 'code' }
  return config ? { only: 'config' } : {}
}
