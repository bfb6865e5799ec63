import { Args, Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { addRemote, isRepository } from '#/cli/git-remote.ts'
import type { AppJson } from '#/cli/wire.ts'

export class AppsCreate extends ApiCommand {
  static override summary = 'create an app and, in a git repository, its remote'
  static override examples = [
    '$ sluice apps:create shop',
    '$ sluice apps:create shop-staging --remote staging',
    '$ sluice apps:create shop --no-remote',
  ]
  static override flags = {
    remote: Flags.string({ char: 'r', default: 'heroku', description: 'name of the git remote' }),
    'no-remote': Flags.boolean({ char: 'n', description: 'make no git remote' }),
    team: Flags.string({ char: 't', description: 'team that owns it' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override args = { name: Args.string({ description: 'name; one is invented without it' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AppsCreate)
    const api = await this.api(flags)
    const body = {
      ...(args.name ? { name: args.name } : {}),
      ...(flags.team ? { team: flags.team } : {}),
    }
    const app = await this.progress(
      'Creating app',
      api.post<AppJson>(flags.team ? '/teams/apps' : '/apps', body),
      ({ name }) => `done, ⬢ ${name}`,
    )
    if (flags.json) this.printJson(app)
    else this.print(`${app.web_url} | ${app.git_url}`)
    if (!flags['no-remote'] && (await isRepository()))
      await addRemote(await this.connection(flags['data-dir']), flags.remote, app.name)
  }
}
