import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Certificate, Domain } from '#/web/data/types.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { emptiedOf } from '#/web/ui/use-draft.ts'
import { useApp } from './app-context.ts'

const NONE = ''

/** Host names under which visitors find the app. */
export const Domains = (): ReactNode => {
  const app = useApp()
  const domains = useQuery(queries.domains(app.id))
  return (
    <Section title="Domains">
      <div className="card grid gap-4 p-4">
        <Loaded query={domains} what="domains" lines={2}>
          {(found) => (
            <ul className="divide-y" aria-label="Domains of the app">
              {found.map((domain) => (
                <DomainRow key={domain.id} domain={domain} />
              ))}
            </ul>
          )}
        </Loaded>
        <AddDomain />
      </div>
    </Section>
  )
}

const useDomainChange = <Input,>(change: (input: Input) => Promise<unknown>) => {
  const app = useApp()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
}

const DomainRow = ({ domain }: { domain: Domain }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const certificates = useQuery(queries.certificates(app.id))
  const path = `/apps/${app.id}/domains/${domain.id}`
  const use = useDomainChange((name: string) =>
    request('PATCH', path, { body: { sni_endpoint: name === NONE ? null : name } }),
  )
  const remove = useDomainChange(() => request('DELETE', path))
  return (
    <li className="grid gap-2 py-2.5">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-64 self-center">
          <span className="block font-medium break-all">{domain.hostname}</span>
          <span className="block text-sm break-all text-muted">
            {domain.cname === null ? (
              'Comes with the app.'
            ) : (
              <>
                Point its DNS to <Mono>{domain.cname}</Mono>
              </>
            )}
          </span>
        </span>
        {domain.kind === 'custom' && (
          <>
            <Choice
              label={`Certificate of ${domain.hostname}`}
              value={domain.sni_endpoint?.name ?? NONE}
              disabled={refusal !== undefined || use.isPending}
              onChoose={(name) => use.mutate(name)}
              options={choicesOf(certificates.data)}
            />
            <Button
              kind="danger"
              refusal={refusal}
              isBusy={remove.isPending}
              aria-label={`Remove ${domain.hostname}`}
              onClick={() => remove.mutate(undefined)}
            >
              Remove
            </Button>
          </>
        )}
      </div>
      <Problem error={use.error ?? remove.error} />
    </li>
  )
}

const choicesOf = (certificates: Certificate[] = []): { value: string; text: string }[] => [
  { value: NONE, text: 'None' },
  ...certificates.map(({ name }) => ({ value: name, text: name })),
]

const AddDomain = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const [hostname, setHostname] = useState('')
  const add = useDomainChange((wanted: string) =>
    request('POST', `/apps/${app.id}/domains`, { body: { hostname: wanted, sni_endpoint: null } }),
  )
  return (
    <Form
      onSend={() =>
        add.mutate(hostname.trim(), { onSuccess: (_domain, sent) => setHostname(emptiedOf(sent)) })
      }
    >
      <Field
        label="Add a domain"
        placeholder="www.example.com"
        value={hostname}
        disabled={refusal !== undefined}
        onChange={(event) => setHostname(event.target.value)}
      />
      <Problem error={add.error} />
      <Button
        type="submit"
        refusal={refusal}
        isBusy={add.isPending}
        disabled={hostname.trim() === ''}
        className="justify-self-start"
      >
        Add domain
      </Button>
    </Form>
  )
}
