import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class TeamsDestroy extends ApiCommand {
  static override summary = 'destroy a team that has no apps and pipelines any more'
  static override examples = ['$ sluice teams:destroy acme --confirm acme']
  static override flags = {
    confirm: Flags.string({ char: 'c', description: 'name of the team, instead of typing it' }),
    'data-dir': dataDirFlag,
  }
  static override args = { name: Args.string({ required: true, description: 'name of the team' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(TeamsDestroy)
    const api = await this.api(flags)
    await api.get(`/teams/${args.name}`)
    await this.confirm(args.name, flags.confirm, `This destroys the team ${args.name}.`)
    await this.progress(`Destroying team ${args.name}`, api.delete(`/teams/${args.name}`))
  }
}
