import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class TeamsCreate extends ApiCommand {
  static override summary = 'make a team, which you then own'
  static override examples = ['$ sluice teams:create acme']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = { name: Args.string({ required: true, description: 'name of the team' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(TeamsCreate)
    const api = await this.api(flags)
    await this.progress(`Creating team ${args.name}`, api.post('/teams', { name: args.name }))
  }
}
