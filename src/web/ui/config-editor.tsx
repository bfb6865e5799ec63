import { useMutation, type UseQueryResult } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { Mono, Section } from './bits.tsx'
import { Button } from './button.tsx'
import { Field, Form } from './form.tsx'
import { Sheet } from './sheet.tsx'
import { Loaded, Problem } from './states.tsx'

type Editing = { key: string; value: string; isNew: boolean }

type Change = Record<string, string | null>

export type ConfigEditorProps = {
  title: string
  vars: UseQueryResult<Record<string, string>>
  whenEmpty: string
  /** What any change of them does. */
  about: string
  refusal?: string | undefined
  /** What else is to be said of one of them. */
  asideOf?: (key: string) => ReactNode
  onChange: (change: Change) => Promise<unknown>
}

/** Config vars, hidden until somebody wants to see them. */
export const ConfigEditor = (props: ConfigEditorProps): ReactNode => {
  const { title, vars, whenEmpty, refusal, asideOf } = props
  const [shown, setShown] = useState<string[]>([])
  const [editing, setEditing] = useState<Editing>()
  const [deleting, setDeleting] = useState<string>()
  const toggle = (key: string): void =>
    setShown((all) => (all.includes(key) ? all.filter((one) => one !== key) : [...all, key]))
  return (
    <Section
      title={title}
      action={
        <Button refusal={refusal} onClick={() => setEditing({ key: '', value: '', isNew: true })}>
          Add config var
        </Button>
      }
    >
      <Loaded query={vars} what="config vars">
        {(found) => {
          const keys = Object.keys(found).toSorted()
          if (keys.length === 0) return <p className="text-muted">{whenEmpty}</p>
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
                    {asideOf?.(key)}
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
      {editing && <EditSheet {...props} start={editing} onClose={() => setEditing(undefined)} />}
      {deleting !== undefined && (
        <DeleteSheet {...props} name={deleting} onClose={() => setDeleting(undefined)} />
      )}
    </Section>
  )
}

type SheetProps = ConfigEditorProps & { onClose: () => void }

const useChange = ({ onChange, onClose }: SheetProps) =>
  useMutation({ mutationFn: onChange, onSuccess: onClose })

const EditSheet = (props: SheetProps & { start: Editing }): ReactNode => {
  const { start, about, onClose } = props
  const [key, setKey] = useState(start.key)
  const [value, setValue] = useState(start.value)
  const change = useChange(props)
  const id = useId()
  return (
    <Sheet
      title={start.isNew ? 'Add a config var' : `Edit ${start.key}`}
      about={about}
      onClose={onClose}
    >
      <Form onSend={() => change.mutate({ [key.trim()]: value })}>
        {start.isNew && (
          <Field
            label="Name"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            required
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

const DeleteSheet = (props: SheetProps & { name: string }): ReactNode => {
  const { name, about, onClose } = props
  const change = useChange(props)
  return (
    <Sheet title={`Delete ${name}`} about={about} onClose={onClose}>
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
