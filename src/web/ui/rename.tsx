import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Section } from './bits.tsx'
import { Button } from './button.tsx'
import { Field, Form } from './form.tsx'
import { Problem, Reason } from './states.tsx'
import { useDraft } from './use-draft.ts'

type RenameProps = {
  /** Such as `app`. */
  thing: string
  name: string
  hint?: string
  refusal: string | undefined
  onRename: (name: string) => Promise<unknown>
}

/** Where a thing gets another name. */
export const Rename = ({ thing, name, hint, refusal, onRename }: RenameProps): ReactNode => {
  const { draft, edited, set, saved } = useDraft({ name })
  const wanted = draft.name.trim()
  const rename = useMutation({
    mutationFn: (sent: { name?: string }) => onRename((sent.name ?? name).trim()),
    onSuccess: (_renamed, sent) => saved(sent),
  })
  return (
    <Section title="Name">
      <Form onSend={() => rename.mutate(edited)} className="card grid gap-3 p-4">
        <Field
          label={`Name of the ${thing}`}
          {...(hint === undefined ? {} : { hint })}
          value={draft.name}
          disabled={refusal !== undefined}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Reason text={refusal} />
        <Problem error={rename.error} />
        <Button
          type="submit"
          refusal={refusal}
          isBusy={rename.isPending}
          disabled={wanted === name || wanted === ''}
          className="justify-self-start"
        >
          Rename
        </Button>
      </Form>
    </Section>
  )
}
