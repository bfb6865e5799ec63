import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, roleFlag, teamFlag } from '#/cli/api-command.ts'

export class MembersSet extends ApiCommand {
  static override summary = 'change the role of a member'
  static override examples = ['$ sluice members:set ada@example.com --role admin --team acme']
  static override flags = { team: teamFlag, role: roleFlag, 'data-dir': dataDirFlag }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of the member' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(MembersSet)
    const api = await this.api(flags)
    await this.progress(
      `Adding ${args.email} to ${flags.team} as ${flags.role}`,
      api.patch(`/teams/${flags.team}/members`, { email: args.email, role: flags.role }),
    )
  }
}
