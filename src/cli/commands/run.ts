import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { commandOf, runAttached } from '#/cli/run-attached.ts'

export class Run extends ApiCommand {
  static override summary = 'run a command in a one-off dyno, with this terminal attached'
  static override examples = [
    '$ sluice run -a shop bash',
    '$ sluice run -a shop --exit-code -- python manage.py check',
  ]
  static override flags = {
    app: appFlag,
    'exit-code': Flags.boolean({ char: 'x', description: "end with the command's own exit code" }),
    env: Flags.string({ char: 'e', multiple: true, description: 'KEY=value for this dyno only' }),
    'no-tty': Flags.boolean({ description: 'no terminal even if there is one' }),
    'data-dir': dataDirFlag,
  }
  static override strict = false

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Run)
    const words = argv as string[]
    if (words.length === 0) throw new Error('Say what to run: sluice run -a APP COMMAND')
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { caPath } = await this.connection(flags['data-dir'])
    process.exitCode = await runAttached(api, {
      app,
      command: commandOf(words),
      withExitCode: flags['exit-code'],
      env: Object.fromEntries((flags.env ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
      isTty: !flags['no-tty'] && process.stdin.isTTY && process.stdout.isTTY,
      caPath,
    })
  }
}
