import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import type { Certificate } from './certificate.ts'

export const PutCertificate = Type.Object({
  certificate_chain: Type.String(),
  private_key: Type.String(),
})

/** Heroku's SNI endpoint. @param domains ids of those that use it */
export const presentCertificate = (
  certificate: Certificate,
  { app, domains }: { app: { id: string; name: string }; domains: string[] },
) => ({
  app: { id: app.id, name: app.name },
  certificate_chain: certificate.chain,
  created_at: certificate.createdAt,
  display_name: null,
  domains,
  id: certificate.id,
  name: certificate.name,
  ssl_cert: {
    acm: false,
    'ca_signed?': certificate.caSigned,
    cert_domains: certificate.names,
    expires_at: certificate.expiresAt,
    id: derivedId('ssl_cert', certificate.id),
    issuer: certificate.issuer,
    'self_signed?': certificate.selfSigned,
    starts_at: certificate.startsAt,
    subject: certificate.subject,
  },
  updated_at: certificate.updatedAt,
})
