import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Command, Flags } from '@oclif/core'
import { ApiClientError, createApiClient, type ApiClient } from '#/api-client/api-client.ts'
import { config } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import { findConnection, type Connection } from './find-connection.ts'

/** `--data-dir`, on each command that speaks to a platform. */
export const dataDirFlag = Flags.directory({
  description: 'data directory of the platform to speak to [env: SLUICE_DATA_DIR]',
  helpGroup: 'GLOBAL',
})
export const appFlag = Flags.string({
  char: 'a',
  description: 'app to act on [env: HEROKU_APP; default: the one of the git remote]',
})
export const pipelineFlag = Flags.string({
  char: 'p',
  required: true,
  description: 'name or id of the pipeline',
})
export const optionalPipelineFlag = Flags.string({
  char: 'p',
  description: 'name or id of the pipeline',
})
export const policedStageFlag = Flags.string({
  char: 's',
  default: 'production',
  description: 'stage of the pipeline',
})
export const stageFlag = Flags.string({
  char: 's',
  required: true,
  description: 'name of the stage',
})
export const beforeFlag = Flags.string({
  exclusive: ['after'],
  description: 'stage that comes next',
})
export const afterFlag = Flags.string({
  exclusive: ['before'],
  description: 'stage that comes just before',
})
export const teamFlag = Flags.string({
  char: 't',
  required: true,
  description: 'team to act on',
})
export const roleFlag = Flags.string({
  char: 'r',
  required: true,
  description: 'owner, admin, member, viewer or collaborator',
})
export const jsonFlag = Flags.boolean({ description: 'print JSON' })

/** A command that is a client of the API: it can do just what its token may. */
export abstract class ApiCommand extends Command {
  #connection: Promise<Connection> | undefined

  protected connection(dataDir: string | undefined): Promise<Connection> {
    this.#connection ??= findConnection(dataDir)
    return this.#connection
  }

  protected async api(flags: { 'data-dir'?: string | undefined }): Promise<ApiClient> {
    return createApiClient(await this.connection(flags['data-dir']))
  }

  /** The app that is meant: by flag, by HEROKU_APP, or by the one git remote of this folder that leads to the platform. */
  protected async appOf(flags: {
    app?: string | undefined
    'data-dir'?: string | undefined
  }): Promise<string> {
    const named = flags.app ?? (config.app || undefined)
    if (named !== undefined) return named
    const { gitHost } = await this.connection(flags['data-dir'])
    const apps = await appsOfRemotes(gitHost)
    if (apps.length === 1 && apps[0] !== undefined) return apps[0]
    throw new Error(
      apps.length === 0
        ? 'No app is named. Say which one with --app NAME.'
        : `Several git remotes lead to apps (${apps.join(', ')}). Say which one with --app NAME.`,
    )
  }

  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2))
  }

  /** What is under way, on standard error, so that standard output stays clean: `Creating app... done`. */
  protected async progress<T>(
    what: string,
    work: Promise<T>,
    say: (result: T) => string = () => 'done',
  ): Promise<T> {
    process.stderr.write(`${what}... `)
    try {
      const result = await work
      process.stderr.write(`${say(result)}\n`)
      return result
    } catch (error) {
      process.stderr.write('!\n')
      throw error
    }
  }

  /** Asks on a terminal; elsewhere the flag is needed. */
  protected async ask(question: string, otherwise: string): Promise<string> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) throw new Error(otherwise)
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return (await terminal.question(`${question} `)).trim()
    } finally {
      terminal.close()
    }
  }

  /** As `ask`, and what is typed is not shown. */
  protected async askSecret(question: string, otherwise: string): Promise<string> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) throw new Error(otherwise)
    process.stderr.write(`${question} `)
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
    try {
      return await terminal.question('')
    } finally {
      terminal.close()
      process.stderr.write('\n')
    }
  }

  /** As `ask`, with an answer that Enter takes, and that is taken where nobody can be asked. */
  protected async askWithDefault(question: string, answer: string): Promise<string> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return answer
    return (await this.ask(`${question} [${answer}]:`, '')) || answer
  }

  /** Things that cannot be brought back want their name typed, or `--confirm NAME`. */
  protected async confirm(
    name: string,
    confirmed: string | undefined,
    consequence: string,
  ): Promise<void> {
    const typed =
      confirmed ??
      (await this.ask(
        `${consequence}\nTo go on, type ${name}:`,
        `This needs --confirm ${name}. ${consequence}`,
      ))
    if (typed !== name) throw new Error(`'${typed}' is not ${name}. Nothing was done.`)
  }

  protected override async catch(error: Error): Promise<void> {
    if (!(error instanceof ApiClientError)) return super.catch(error)
    this.error(
      error.status === 401
        ? `${error.message} (Is the token right? See: sluice login, sluice env)`
        : error.message,
      { exit: 1 },
    )
  }
}

const appsOfRemotes = async (gitHost: string): Promise<string[]> => {
  const { stdout } = await run('git', ['remote', '--verbose']).catch(() => ({ stdout: '' }))
  const apps = stdout
    .split('\n')
    .map((line) => /\shttps:\/\/([^/\s]+)\/([a-z0-9-]+)\.git\s/.exec(line))
    .filter((match) => match?.[1] === gitHost)
    .map((match) => match?.[2] ?? '')
  return [...new Set(apps)]
}
