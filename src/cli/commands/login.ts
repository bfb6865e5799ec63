import { hostname } from 'node:os'
import { Flags } from '@oclif/core'
import { ApiClientError, createApiClient } from '#/api-client/api-client.ts'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { findPlace, keyFor, type Place } from '#/cli/find-connection.ts'
import { writeLogin } from '#/cli/netrc.ts'

const THIRTY_DAYS = 30 * 24 * 3600

export class Login extends ApiCommand {
  static override aliases = ['auth:login']
  static override summary = 'log in, for this command and the official one'
  static override description =
    'What one logs in with is kept in ~/.netrc, where heroku and git look for it too. Needs no password on this terminal: it is given in a browser, unless --interactive asks for it here.'
  static override examples = ['$ sluice login', '$ sluice login --interactive']
  static override flags = {
    interactive: Flags.boolean({ char: 'i', description: 'ask for e-mail and password here' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Login)
    const place = await findPlace(flags['data-dir'])
    if (keyFor(place.gitHost) !== undefined)
      throw new Error('HEROKU_API_KEY is set, and goes before any login. Run: unset HEROKU_API_KEY')
    const token = flags.interactive ? await this.#byPassword(place) : await this.#byBrowser(place)
    const { email } = await createApiClient({ ...place, token }).get<{ email: string }>('/account')
    await writeLogin(place.gitHost, { email, token })
    this.print(`Logged in as ${email}`)
  }

  async #byPassword({ url }: Place): Promise<string> {
    const otherwise = 'A password is asked for on a terminal only.'
    const email = await this.ask('Email:', otherwise)
    const password = await this.askSecret('Password:', otherwise)
    const create = async (code?: string): Promise<string> => {
      const authorization = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
      const headers = { authorization, ...(code === undefined ? {} : { [CODE_HEADER]: code }) }
      const made = await createApiClient({ url, token: '', headers }).post<Made>(
        '/oauth/authorizations',
        { description: description(), expires_in: THIRTY_DAYS },
      )
      return made.access_token.token
    }
    try {
      return await create()
    } catch (error) {
      if (!(error instanceof ApiClientError) || error.id !== 'two_factor') throw error
      return create(await this.askSecret('Two-factor code:', otherwise))
    }
  }

  async #byBrowser({ url }: Place): Promise<string> {
    const begun = await createApiClient({ url, token: '' }).post<Begun>('/auth', {
      description: description(),
    })
    process.stderr.write(`Open this in your browser:\n${url}${begun.browser_url}\n`)
    const waiting = createApiClient({ url, token: begun.token }).get<Answer>(begun.cli_url)
    const answer = await this.progress('Waiting for you to approve', waiting)
    if (answer.access_token === undefined) throw new Error(answer.error ?? 'No token came.')
    return answer.access_token
  }
}

const CODE_HEADER = 'heroku-two-factor-code'
const description = (): string => `Sluice CLI login from ${hostname()}`

type Made = { access_token: { token: string } }
type Begun = { browser_url: string; cli_url: string; token: string }
type Answer = { access_token?: string; error?: string }
