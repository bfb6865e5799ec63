import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, teamFlag } from '#/cli/api-command.ts'
import { namesOf, permissionsFlag } from '#/cli/permissions-flag.ts'

export class TeamsPreferencesSet extends ApiCommand {
  static override summary = 'say what a team gives its members, and how its new pipelines begin'
  static override description =
    'What members have on unlocked apps changes at once. The rest is about pipelines, and review and test apps, that come later.'
  static override examples = [
    '$ sluice teams:preferences:set -t acme --permissions view',
    '$ sluice teams:preferences:set -t acme --auto-join off',
    '$ sluice teams:preferences:set -t acme --fixed-permissions view,deploy',
    '$ sluice teams:preferences:set -t acme --no-fixed-permissions',
  ]
  static override flags = {
    team: teamFlag,
    permissions: permissionsFlag,
    'auto-join': Flags.string({
      options: ['on', 'off'],
      description: 'whether members join review and test apps of new pipelines by themselves',
    }),
    'fixed-permissions': Flags.string({
      description: 'what they then get there, in all pipelines of the team alike',
    }),
    'no-fixed-permissions': Flags.boolean({
      exclusive: ['fixed-permissions'],
      description: 'leave that to each pipeline again',
    }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(TeamsPreferencesSet)
    const { permissions, 'auto-join': autoJoin, 'fixed-permissions': fixed } = flags
    const preferences = {
      ...(permissions === undefined ? {} : { member_permissions: namesOf(permissions) }),
      ...(autoJoin === undefined ? {} : { auto_join: autoJoin === 'on' }),
    }
    const areFixed = fixed !== undefined || flags['no-fixed-permissions']
    if (Object.keys(preferences).length === 0 && !areFixed)
      throw new Error('Say what to set; see sluice help teams:preferences:set.')
    const api = await this.api(flags)
    const team = `/teams/${encodeURIComponent(flags.team)}`
    const work = async (): Promise<void> => {
      if (Object.keys(preferences).length > 0) await api.patch(`${team}/preferences`, preferences)
      const set = fixed === undefined ? null : namesOf(fixed)
      if (areFixed) await api.patch(`${team}/ephemeral-apps`, { static_permissions: set })
    }
    await this.progress(`Setting preferences of ${flags.team}`, work())
  }
}
