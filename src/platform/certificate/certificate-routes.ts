import { onApp } from '#/platform/app/app-access.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { addCertificate } from './add-certificate.ts'
import { onCertificate } from './certificate-access.ts'
import { PutCertificate, presentCertificate } from './certificate-schema.ts'
import { listCertificates, listDomainsToServe } from './certificate-store.ts'
import type { Certificate } from './certificate.ts'
import { removeCertificate } from './remove-certificate.ts'
import { updateCertificate } from './update-certificate.ts'

type Asked = { platform: Platform; actor: Actor }

const show = async ({ platform, actor }: Asked, app: App, certificates: Certificate[]) => {
  const domains = await listDomainsToServe(platform.db, actor, app.id)
  return certificates.map((certificate) =>
    presentCertificate(certificate, {
      app,
      domains: domains
        .filter(({ certificateId }) => certificateId === certificate.id)
        .map(({ id }) => id),
    }),
  )
}

const showOne = async (asked: Asked, app: App, certificate: Certificate) =>
  (await show(asked, app, [certificate]))[0]

const textOf = (body: { certificate_chain: string; private_key: string }) => ({
  chain: body.certificate_chain,
  privateKey: body.private_key,
})

export const certificateRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/sni-endpoints',
    access: onApp(...NEEDED.look),
    handle: async (call) => {
      const { platform, actor, target: app } = call
      return show(call, app, await listCertificates(platform.db, actor, app.id))
    },
  }),
  route({
    method: 'POST',
    path: '/apps/:app/sni-endpoints',
    access: onApp(...NEEDED.domains),
    body: PutCertificate,
    handle: async (call) => {
      const { platform, actor, target: app, body } = call
      return showOne(call, app, await addCertificate(platform, actor, app, textOf(body)))
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/sni-endpoints/:certificate',
    access: onCertificate(...NEEDED.look),
    handle: (call) => showOne(call, call.target.app, call.target.certificate),
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/sni-endpoints/:certificate',
    access: onCertificate(...NEEDED.domains),
    body: PutCertificate,
    handle: async (call) => {
      const { platform, actor, target, body } = call
      return showOne(
        call,
        target.app,
        await updateCertificate(platform, actor, target, textOf(body)),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/sni-endpoints/:certificate',
    access: onCertificate(...NEEDED.domains),
    handle: async (call) => {
      const shown = await showOne(call, call.target.app, call.target.certificate)
      await removeCertificate(call.platform, call.actor, call.target)
      return shown
    },
  }),
]
