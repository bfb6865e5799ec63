import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Section } from './bits.tsx'
import { Button } from './button.tsx'
import { Field, Form } from './form.tsx'
import { Sheet } from './sheet.tsx'
import { Problem } from './states.tsx'

type DangerProps = {
  /** Such as `app`. */
  thing: string
  name: string
  about: string
  refusal: string | undefined
  onDelete: () => Promise<unknown>
  onDeleted: () => Promise<void>
}

/** Where a thing is deleted by whoever types its name. */
export const Danger = (props: DangerProps): ReactNode => {
  const { thing, about, refusal } = props
  const [isOpen, setOpen] = useState(false)
  return (
    <Section title="Danger zone">
      <div className="card flex flex-wrap items-center justify-between gap-3 border-bad p-4">
        <p className="min-w-0">{about}</p>
        <Button kind="danger" refusal={refusal} onClick={() => setOpen(true)}>
          Delete {thing}…
        </Button>
      </div>
      {isOpen && <DeleteSheet {...props} onClose={() => setOpen(false)} />}
    </Section>
  )
}

const DeleteSheet = ({
  thing,
  name,
  about,
  onDelete,
  onDeleted,
  onClose,
}: DangerProps & { onClose: () => void }): ReactNode => {
  const [typed, setTyped] = useState('')
  const destroy = useMutation({ mutationFn: onDelete, onSuccess: onDeleted })
  return (
    <Sheet title={`Delete ${name}`} about={about} onClose={onClose}>
      <Form onSend={() => destroy.mutate()}>
        <Field
          label={`Type ${name} to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Problem error={destroy.error} />
        <Button
          type="submit"
          kind="danger"
          isBusy={destroy.isPending}
          disabled={typed !== name}
          className="justify-self-start"
        >
          Delete {thing}
        </Button>
      </Form>
    </Sheet>
  )
}
