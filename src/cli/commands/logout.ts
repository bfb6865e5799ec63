import { ApiClientError, createApiClient, type ApiClient } from '#/api-client/api-client.ts'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { findPlace } from '#/cli/find-connection.ts'
import { readLogin, removeLogin } from '#/cli/netrc.ts'

export class Logout extends ApiCommand {
  static override aliases = ['auth:logout']
  static override summary = 'log out: revoke the token of your login and forget it'
  static override examples = ['$ sluice logout']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Logout)
    const { url, gitHost } = await findPlace(flags['data-dir'])
    const login = await readLogin(gitHost)
    if (!login) throw new Error(`Nobody is logged in to ${gitHost}.`)
    await revoke(createApiClient({ url, token: login.token }), login.token)
    await removeLogin(gitHost)
    this.print(`Logged out ${login.email}`)
  }
}

type Listed = { id: string; access_token: { token: string } }

/** A token that is known no more needs no revoking. */
const revoke = async (api: ApiClient, token: string): Promise<void> => {
  try {
    const all = await api.get<Listed[]>('/oauth/authorizations')
    for (const { id, access_token: masked } of all)
      if (isMaskOf(masked.token, token)) await api.delete(`/oauth/authorizations/${id}`)
  } catch (error) {
    if (!(error instanceof ApiClientError) || error.status !== 401) throw error
  }
}

const isMaskOf = (mask: string, token: string): boolean => {
  const [prefix = '', suffix = ''] = mask.split('**********', 2)
  return token.startsWith(prefix) && token.endsWith(suffix)
}
