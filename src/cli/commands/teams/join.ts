import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import type { InvitationJson } from '#/cli/wire.ts'

export class TeamsJoin extends ApiCommand {
  static override summary = 'accept an invitation to a team'
  static override examples = ['$ sluice teams:join http://localhost:5000/team-invitations/12ab…']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    link: Args.string({ required: true, description: 'link of the invitation, or its last part' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(TeamsJoin)
    const api = await this.api(flags)
    const token = args.link.split('/').at(-1) ?? ''
    const path = `/teams/invitations/${encodeURIComponent(token)}`
    const { team, role } = await api.get<InvitationJson>(path)
    await this.progress(`Joining ${team.name} as ${role}`, api.post(`${path}/accept`, {}))
  }
}
