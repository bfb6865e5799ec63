import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, teamFlag } from '#/cli/api-command.ts'
import type { InvitationJson } from '#/cli/wire.ts'

export class MembersRemove extends ApiCommand {
  static override summary = 'take somebody out of a team, or take back an invitation'
  static override examples = ['$ sluice members:remove ada@example.com --team acme']
  static override flags = { team: teamFlag, 'data-dir': dataDirFlag }
  static override args = {
    email: Args.string({ required: true, description: 'e-mail address of whom to remove' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(MembersRemove)
    const api = await this.api(flags)
    const { team } = flags
    const ref = encodeURIComponent(args.email)
    const invitations = await api.get<InvitationJson[]>(`/teams/${team}/invitations`)
    const isInvited = invitations.some(
      ({ user }) => user.email.toLowerCase() === args.email.toLowerCase(),
    )
    if (isInvited)
      await this.progress(
        `Revoking invite for ${args.email} in ${team}`,
        api.delete(`/teams/${team}/invitations/${ref}`),
      )
    else
      await this.progress(
        `Removing ${args.email} from ${team}`,
        api.delete(`/teams/${team}/members/${ref}`),
      )
  }
}
