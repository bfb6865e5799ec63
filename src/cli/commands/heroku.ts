import { constants } from 'node:os'
import { clientEnvironment } from '#/cli/client-environment.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import { callerEnvironment } from '#/foundation/config.ts'
import { hasCode } from '#/foundation/errors.ts'
import { start } from '#/foundation/exec.ts'

export class Heroku extends LocalCommand {
  static override summary = 'run the official heroku CLI against this platform'
  static override description =
    'Everything after `heroku` is handed on as it is. Another data directory is chosen by SLUICE_DATA_DIR, or by --data-dir DIR right after `heroku`.'
  static override examples = [
    '$ sluice heroku apps',
    '$ sluice heroku run -a shop -- bash',
    '$ sluice heroku --data-dir ~/try releases -a shop',
  ]
  /** What follows belongs to the other CLI: nothing of it is parsed. */
  static override strict = false

  override async run(): Promise<void> {
    const { dataDir, argv } = takeDataDir(this.argv)
    if (argv[0] === 'pipelines:diff') return this.diff(dataDir, argv.slice(1))
    const env: NodeJS.ProcessEnv = {
      ...callerEnvironment(),
      ...(await clientEnvironment(this.dataDirOf({ 'data-dir': dataDir }))),
    }
    if (/^(auth:)?login$/.test(argv[0] ?? '')) delete env['HEROKU_API_KEY'] // with which it refuses
    process.exitCode = await runInForeground('heroku', argv, env)
  }

  /** The official one asks GitHub, at addresses that cannot be changed: ours asks the platform's own git. */
  private async diff(dataDir: string | undefined, argv: string[]): Promise<void> {
    const { PipelinesDiff } = await import('./pipelines/diff.ts')
    await PipelinesDiff.run([...argv, ...(dataDir ? ['--data-dir', dataDir] : [])], this.config)
  }
}

const takeDataDir = (argv: string[]): { dataDir: string | undefined; argv: string[] } => {
  const given = argv[0] === '--' ? argv.slice(1) : argv // see main.ts
  const [first = '', second] = given
  if (first === '--data-dir') return { dataDir: second, argv: given.slice(2) }
  if (first.startsWith('--data-dir='))
    return { dataDir: first.slice('--data-dir='.length), argv: given.slice(1) }
  return { dataDir: undefined, argv: given }
}

/** The terminal's signals reach the program itself; we only wait for its end and pass on how it ended. */
const runInForeground = (file: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, () => {})
  const child = start(file, args, { env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        hasCode(error, 'ENOENT')
          ? new Error(
              'The official CLI is not on your PATH. Install it with: npm install -g heroku',
            )
          : error,
      ),
    )
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    )
  })
}
