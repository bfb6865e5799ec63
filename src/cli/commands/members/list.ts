import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag, teamFlag } from '#/cli/api-command.ts'
import { formatTable } from '#/cli/table.ts'
import type { InvitationJson, MemberJson } from '#/cli/wire.ts'

export class MembersList extends ApiCommand {
  static override summary = 'list members of a team, and whom it has invited'
  static override examples = ['$ sluice members --team acme', '$ sluice members -t acme --pending']
  static override flags = {
    team: teamFlag,
    role: Flags.string({ char: 'r', description: 'only those in this role' }),
    pending: Flags.boolean({ description: 'only those who were invited' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(MembersList)
    const api = await this.api(flags)
    const members = await api.get<MemberJson[]>(`/teams/${flags.team}/members`)
    const invitations = await api.get<InvitationJson[]>(`/teams/${flags.team}/invitations`)
    const people = [
      ...members.map(({ email, role }) => ({ email, role, status: '' })),
      ...invitations.map(({ user, role }) => ({ email: user.email, role, status: 'pending' })),
    ]
      .filter(({ role }) => flags.role === undefined || role === flags.role)
      .filter(({ status }) => !flags.pending || status === 'pending')
      .toSorted((a, b) => a.email.localeCompare(b.email))
    if (flags.json) return this.printJson(people)
    if (people.length === 0)
      return this.print(
        `No members in ${flags.team}${flags.role === undefined ? '' : ` with role ${flags.role}`}`,
      )
    const hasPending = invitations.length > 0
    this.print(
      formatTable(
        ['Email', 'Role', ...(hasPending ? ['Status'] : [])],
        people.map(({ email, role, status }) => [email, role, ...(hasPending ? [status] : [])]),
      ),
    )
  }
}
