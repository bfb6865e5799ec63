import { credentialHelper } from './credential-helper.ts'
import type { Connection } from './find-connection.ts'
import { run, runOrThrow } from '#/foundation/exec.ts'

export const isRepository = async (): Promise<boolean> =>
  (await run('git', ['rev-parse', '--git-dir'])).code === 0

/**
 * Makes the remote, or points it elsewhere, and tells this repository (only) which certificate authority to trust
 * for it and where its password comes from. No password is stored.
 */
export const addRemote = async (
  connection: Connection,
  remote: string,
  app: string,
): Promise<void> => {
  const url = `https://${connection.gitHost}/${app}.git`
  const exists = (await run('git', ['remote', 'get-url', '--', remote])).code === 0
  await runOrThrow(
    'git',
    exists ? ['remote', 'set-url', '--', remote, url] : ['remote', 'add', '--', remote, url],
  )
  const base = `https://${connection.gitHost}`
  if (connection.caPath) await setConfig(`http.${base}/.sslCAInfo`, connection.caPath)
  await setConfig(
    `credential.${base}.helper`,
    credentialHelper(connection.gitHost, connection.dataDir),
  )
}

const setConfig = (key: string, value: string): Promise<string> =>
  runOrThrow('git', ['config', '--local', '--replace-all', key, value])
