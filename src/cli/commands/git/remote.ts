import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { addRemote, isRepository } from '#/cli/git-remote.ts'
import type { AppJson } from '#/cli/wire.ts'

export class GitRemote extends ApiCommand {
  static override summary =
    'add a git remote that leads to an app, with its certificate and sign-in'
  static override examples = [
    '$ sluice git:remote -a shop-staging',
    '$ sluice git:remote -a shop -r production',
  ]
  static override flags = {
    app: appFlag,
    remote: Flags.string({ char: 'r', default: 'heroku', description: 'name of the remote' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(GitRemote)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { name } = await api.get<AppJson>(`/apps/${app}`)
    if (!(await isRepository()))
      throw new Error('This folder is no git repository. Make one with: git init')
    await addRemote(await this.connection(flags['data-dir']), flags.remote, name)
    this.print(`set git remote ${flags.remote} to app ${name}`)
  }
}
