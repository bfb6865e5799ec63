import type { Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { listCertificates } from '#/platform/certificate/certificate-store.ts'
import { isForHost, type Certificate } from '#/platform/certificate/certificate.ts'
import type { Actor } from '#/platform/event/actor.ts'

/** The certificate of that name or id. Without one, the newest of the app's that is for this host, if there is any. */
export const chooseCertificate = async (
  tx: Db,
  actor: Actor,
  { appId, hostname, ref }: { appId: string; hostname: string; ref: string | null },
): Promise<Certificate | undefined> => {
  const all = await listCertificates(tx, actor, appId)
  if (ref === null) return all.findLast(({ names }) => isForHost(names, hostname))
  const chosen = all.find(({ id, name }) => id === ref || name === ref)
  if (!chosen) throw invalidParams(`This app has no certificate ${ref}.`)
  if (!isForHost(chosen.names, hostname))
    throw invalidParams(
      `${chosen.name} is not for ${hostname}, but for ${chosen.names.slice(0, 10).join(', ')}.`,
    )
  return chosen
}
