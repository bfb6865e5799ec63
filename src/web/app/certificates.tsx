import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Certificate } from '#/web/data/types.ts'
import { Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30

export const Certificates = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const certificates = useQuery(queries.certificates(app.id))
  const [isAdding, setAdding] = useState(false)
  return (
    <Section
      title="Certificates"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          Add certificate
        </Button>
      }
    >
      <Loaded query={certificates} what="certificates" lines={1}>
        {(found) =>
          found.length === 0 ? (
            <p className="text-muted">The app has no certificates of its own.</p>
          ) : (
            <ul className="card divide-y">
              {found.map((one) => (
                <CertificateRow key={one.id} certificate={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding && <AddSheet onClose={() => setAdding(false)} />}
    </Section>
  )
}

const CertificateRow = ({ certificate }: { certificate: Certificate }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const { name, ssl_cert: of } = certificate
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/sni-endpoints/${certificate.id}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-all">{name}</span>
          <span className="block text-sm break-all text-muted">
            {of.cert_domains.join(', ')}
            {of['self_signed?'] && ' · self-signed'}
          </span>
        </span>
        <Validity until={of.expires_at} />
        <Button
          kind="danger"
          refusal={refusal}
          isBusy={remove.isPending}
          aria-label={`Remove ${name}`}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      <Problem error={remove.error} />
    </li>
  )
}

const Validity = ({ until }: { until: string }): ReactNode => {
  const days = Math.floor((Date.parse(until) - Date.now()) / DAY_MS)
  if (days < 0) return <Status tone="bad">Expired</Status>
  return (
    <Status tone={days < SOON_DAYS ? 'warn' : 'good'}>
      Valid until {new Date(until).toLocaleDateString('en', { dateStyle: 'medium' })}
    </Status>
  )
}

const AddSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const app = useApp()
  const [chain, setChain] = useState('')
  const [key, setKey] = useState('')
  const add = useMutation({
    mutationFn: () =>
      request('POST', `/apps/${app.id}/sni-endpoints`, {
        body: { certificate_chain: chain, private_key: key },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onClose()
    },
  })
  return (
    <Sheet
      title="Add a certificate"
      about="Both in PEM. The key is sealed here, and never shown again."
      onClose={onClose}
    >
      <Form onSend={() => add.mutate()}>
        <PemField label="Certificate and its chain" value={chain} onChange={setChain} />
        <PemField label="Private key" value={key} onChange={setKey} />
        <Problem error={add.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={add.isPending}
          disabled={chain.trim() === '' || key.trim() === ''}
          className="justify-self-start"
        >
          Add
        </Button>
      </Form>
    </Sheet>
  )
}

type PemProps = { label: string; value: string; onChange: (value: string) => void }

const PemField = ({ label, value, onChange }: PemProps): ReactNode => {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={6}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field font-mono text-sm"
      />
    </div>
  )
}
