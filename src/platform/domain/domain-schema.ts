import { Type } from 'typebox'
import type { Domain } from './domain.ts'

const CertificateRef = Type.Optional(Type.Union([Type.String(), Type.Null()]))

export const AddDomain = Type.Object({ hostname: Type.String(), sni_endpoint: CertificateRef })
export const UpdateDomain = Type.Object({ sni_endpoint: CertificateRef })

/** @param target what the owner of a custom domain points it to */
export const presentDomain = (
  domain: Domain,
  { app, target }: { app: { id: string; name: string }; target: string },
) => ({
  acm_status: null,
  acm_status_reason: null,
  app: { id: app.id, name: app.name },
  cname: domain.kind === 'custom' ? target : null,
  created_at: domain.createdAt,
  hostname: domain.hostname,
  id: domain.id,
  kind: domain.kind,
  sni_endpoint:
    domain.certificateId === null || domain.certificateName === null
      ? null
      : { id: domain.certificateId, name: domain.certificateName },
  status: domain.status,
  updated_at: domain.updatedAt,
})
