import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, roleFlag, teamFlag } from '#/cli/api-command.ts'
import type { InvitationJson } from '#/cli/wire.ts'

export class MembersAdd extends ApiCommand {
  static override summary = 'invite somebody to a team'
  static override examples = ['$ sluice members:add ada@example.com --role member --team acme']
  static override flags = { team: teamFlag, role: roleFlag, 'data-dir': dataDirFlag }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of whom to invite' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(MembersAdd)
    const api = await this.api(flags)
    const invitation = await this.progress(
      `Inviting ${args.email} to ${flags.team} as ${flags.role}`,
      api.put<InvitationJson>(`/teams/${flags.team}/invitations`, {
        email: args.email,
        role: flags.role,
      }),
    )
    if (invitation.accept_url)
      this.print(
        `This platform sends no mail. Give ${args.email} this link; it is shown this once:\n${invitation.accept_url}`,
      )
  }
}
