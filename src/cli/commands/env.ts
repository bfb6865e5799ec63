import { dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { clientEnvironment } from '#/cli/client-environment.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import { quoteForShell } from '#/cli/shell-quote.ts'

export class Env extends LocalCommand {
  static override summary = 'print what makes heroku and git in a shell talk to this platform'
  static override description =
    'One `export NAME=value` a line, for `eval` in your own shell. Who has logged in (sluice login) acts as themselves; without a login the token of the operator is among them.'
  static override examples = ['$ eval "$(sluice env)"', '$ sluice env --json']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Env)
    const env = await clientEnvironment(this.dataDirOf(flags))
    if (flags.json) return this.printJson(env)
    if (env['HEROKU_API_KEY'] === undefined) this.print('unset HEROKU_API_KEY')
    for (const [name, value] of Object.entries(env))
      this.print(`export ${name}=${quoteForShell(value)}`)
  }
}
