import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { ConfigMark } from './config-mark.tsx'

type Editing = { key: string; value: string; isNew: boolean }

/** Hidden until somebody wants to see them. */
export const ConfigVars = (): ReactNode => {
  const app = useApp()
  const vars = useQuery(queries.configVars(app.id))
  const refusal = useRefusal(app.id, 'config')
  const [shown, setShown] = useState<string[]>([])
  const [editing, setEditing] = useState<Editing>()
  const [deleting, setDeleting] = useState<string>()
  const toggle = (key: string): void =>
    setShown((all) => (all.includes(key) ? all.filter((one) => one !== key) : [...all, key]))
  return (
    <Section
      title="Config vars"
      action={
        <Button refusal={refusal} onClick={() => setEditing({ key: '', value: '', isNew: true })}>
          Add config var
        </Button>
      }
    >
      <Loaded query={vars} what="config vars">
        {(found) => {
          const keys = Object.keys(found).toSorted()
          if (keys.length === 0) return <p className="text-muted">The app has no config vars.</p>
          return (
            <ul className="card divide-y">
              {keys.map((key) => (
                <li key={key} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
                  <span className="min-w-0 flex-1 basis-64">
                    <span className="block font-medium break-words">
                      <Mono>{key}</Mono>
                    </span>
                    <span className="block max-h-40 overflow-y-auto text-sm break-all whitespace-pre-wrap text-muted">
                      {shown.includes(key) ? <Mono>{found[key]}</Mono> : '••••••••'}
                    </span>
                  </span>
                  <span className="flex flex-wrap items-center gap-1">
                    <ConfigMark name={key} />
                    <Button
                      kind="quiet"
                      aria-label={`${shown.includes(key) ? 'Hide' : 'Reveal'} ${key}`}
                      onClick={() => toggle(key)}
                    >
                      {shown.includes(key) ? 'Hide' : 'Reveal'}
                    </Button>
                    <Button
                      kind="quiet"
                      refusal={refusal}
                      aria-label={`Edit ${key}`}
                      onClick={() => setEditing({ key, value: found[key] ?? '', isNew: false })}
                    >
                      Edit
                    </Button>
                    <Button
                      kind="quiet"
                      refusal={refusal}
                      aria-label={`Delete ${key}`}
                      onClick={() => setDeleting(key)}
                    >
                      Delete
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      {editing && <EditSheet start={editing} onClose={() => setEditing(undefined)} />}
      {deleting !== undefined && (
        <DeleteSheet name={deleting} onClose={() => setDeleting(undefined)} />
      )}
    </Section>
  )
}

const useChange = (onDone: () => void) => {
  const app = useApp()
  return useMutation({
    mutationFn: (change: Record<string, string | null>) =>
      request('PATCH', `/apps/${app.id}/config-vars`, { body: change }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onDone()
    },
  })
}

const EditSheet = ({ start, onClose }: { start: Editing; onClose: () => void }): ReactNode => {
  const [key, setKey] = useState(start.key)
  const [value, setValue] = useState(start.value)
  const change = useChange(onClose)
  const id = useId()
  return (
    <Sheet
      title={start.isNew ? 'Add a config var' : `Edit ${start.key}`}
      about="It makes a new release, and the dynos start anew with it."
      onClose={onClose}
    >
      <Form onSend={() => change.mutate({ [key.trim()]: value })}>
        {start.isNew && (
          <Field
            label="Name"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            required
            autoFocus
          />
        )}
        <div className="grid gap-1">
          <label htmlFor={id} className="text-sm font-medium">
            Value
          </label>
          <textarea
            id={id}
            rows={4}
            spellCheck={false}
            value={value}
            onChange={(event) => setValue(event.target.value)}
            className="field font-mono text-sm"
          />
        </div>
        <Problem error={change.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={change.isPending}
          disabled={key.trim() === ''}
          className="justify-self-start"
        >
          Save
        </Button>
      </Form>
    </Sheet>
  )
}

const DeleteSheet = ({ name, onClose }: { name: string; onClose: () => void }): ReactNode => {
  const change = useChange(onClose)
  return (
    <Sheet
      title={`Delete ${name}`}
      about="It makes a new release, and the dynos start anew without it."
      onClose={onClose}
    >
      <div className="grid gap-4">
        <Problem error={change.error} />
        <Button
          kind="danger"
          isBusy={change.isPending}
          onClick={() => change.mutate({ [name]: null })}
          className="justify-self-start"
        >
          Delete
        </Button>
      </div>
    </Sheet>
  )
}
