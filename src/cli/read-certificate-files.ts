import { readFile } from 'node:fs/promises'
import type { ApiClient } from '#/api-client/api-client.ts'
import { messageOf } from '#/foundation/errors.ts'
import type { CertificateJson } from './wire.ts'

/** The body that adds or updates a certificate. */
export const readCertificateFiles = async (paths: {
  certificate: string
  key: string
}): Promise<{ certificate_chain: string; private_key: string }> => ({
  certificate_chain: await read(paths.certificate),
  private_key: await read(paths.key),
})

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read: ${messageOf(error)}`)
  }
}

/** The one of that name, or the only one there is. */
export const chooseCertificate = async (
  api: ApiClient,
  app: string,
  name: string | undefined,
): Promise<CertificateJson> => {
  const all = await api.get<CertificateJson[]>(`/apps/${app}/sni-endpoints`)
  const matching = name === undefined ? all : all.filter((one) => one.name === name)
  const [only] = matching
  if (only && matching.length === 1) return only
  if (all.length === 0) throw new Error(`⬢ ${app} has no certificates. Add one: sluice certs:add`)
  throw new Error(
    name === undefined
      ? `⬢ ${app} has several certificates. Say which one with --name: ${all.map((one) => one.name).join(', ')}`
      : `⬢ ${app} has no certificate ${name}.`,
  )
}
