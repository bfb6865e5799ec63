import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { LogDrain } from '#/web/data/types.ts'
import { Ago, Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { emptiedOf } from '#/web/ui/use-draft.ts'
import { useApp } from './app-context.ts'

/** Where else the log of the app goes. Their addresses may hold passwords, so that only who operates the app sees them. */
export const LogDrains = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const drains = useQuery({ ...queries.logDrains(app.id), enabled: refusal === undefined })
  return (
    <Section title="Log drains">
      {refusal === undefined ? (
        <div className="card divide-y">
          <Loaded query={drains} what="log drains" lines={1}>
            {(found) =>
              found.length === 0 ? (
                <p className="p-4 text-muted">The log goes nowhere else.</p>
              ) : (
                <ul className="divide-y">
                  {found.map((drain) => (
                    <Row key={drain.id} drain={drain} />
                  ))}
                </ul>
              )
            }
          </Loaded>
          <Add />
        </div>
      ) : (
        <div className="card p-4">
          <Reason text={refusal} />
        </div>
      )}
    </Section>
  )
}

const Row = ({ drain }: { drain: LogDrain }): ReactNode => {
  const app = useApp()
  const { name, hasPassword } = withoutPassword(drain.url)
  return (
    <RemovableRow
      name={name}
      title={<span className="break-all">{name}</span>}
      about={
        <>
          <Mono>{drain.token}</Mono> · <Ago time={drain.created_at} />
          {hasPassword && ' · with a password'}
        </>
      }
      path={`/apps/${app.id}/log-drains/${drain.id}`}
      queryKey={['part', app.id, 'log-drains']}
    />
  )
}

const withoutPassword = (address: string): { name: string; hasPassword: boolean } => {
  const url = URL.parse(address)
  if (!url || (url.username === '' && url.password === ''))
    return { name: address, hasPassword: false }
  url.username = ''
  url.password = ''
  return { name: url.href, hasPassword: true }
}

const Add = (): ReactNode => {
  const app = useApp()
  const [url, setUrl] = useState('')
  const add = useMutation({
    mutationFn: (wanted: string) =>
      request('POST', `/apps/${app.id}/log-drains`, { body: { url: wanted } }),
    onSuccess: async (_drain, sent) => {
      setUrl(emptiedOf(sent))
      await queryClient.invalidateQueries({ queryKey: ['part', app.id, 'log-drains'] })
    },
  })
  return (
    <Form onSend={() => add.mutate(url.trim())} className="grid gap-3 p-4">
      <Field
        label="Add a log drain"
        hint="Each line is posted by HTTPS, or sent by syslog over TCP or TLS."
        placeholder="https://… or syslog+tls://logs.example.com:6514"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <Problem error={add.error} />
      <Button
        type="submit"
        isBusy={add.isPending}
        disabled={url.trim() === ''}
        className="justify-self-start"
      >
        Add log drain
      </Button>
    </Form>
  )
}
