import { useMutation, type QueryKey } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { SignInAgain } from './sign-in-again.tsx'

type CreateTokenSheetProps<T> = {
  title: string
  about: string
  /** Where the token is to be kept. */
  keep: string
  /** What creates it. */
  action: string
  path: string
  /** Of the request, beside what it is for and how long it is good. */
  body?: object
  tokenOf: (created: T) => string
  queryKey: QueryKey
  /** In days; '' for ever. */
  lifetimes: { value: string; text: string }[]
  lifetime: string
  /** What else is to be chosen. */
  children?: ReactNode
  onClose: () => void
}

/** Asks what a token is for, and shows it once. */
export const CreateTokenSheet = <T,>(props: CreateTokenSheetProps<T>): ReactNode => {
  const { title, about, keep, action, path, body, tokenOf, queryKey, onClose } = props
  const [description, setDescription] = useState('')
  const [days, setDays] = useState(props.lifetime)
  const create = useMutation({
    mutationFn: () =>
      request<T>('POST', path, {
        body: {
          description: description.trim(),
          ...body,
          ...(days === '' ? {} : { expires_in: Number(days) * DAY_SECONDS }),
        },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
  })
  return (
    <Sheet title={title} about={about} onClose={onClose}>
      {create.data ? (
        <div className="grid gap-4">
          <Once
            label="The token"
            about={`${keep} It is shown this once.`}
            text={tokenOf(create.data)}
          />
          <Button onClick={onClose} className="justify-self-start">
            Done
          </Button>
        </div>
      ) : (
        <Form onSend={() => create.mutate()}>
          <Field
            label="What it is for"
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            required
          />
          {props.children}
          <Choice label="Good for" value={days} onChoose={setDays} options={props.lifetimes} />
          <Problem error={create.error} />
          <SignInAgain after={create.error} />
          <Button
            type="submit"
            kind="main"
            isBusy={create.isPending}
            className="justify-self-start"
          >
            {action}
          </Button>
        </Form>
      )}
    </Sheet>
  )
}

const DAY_SECONDS = 86_400

/** For all tokens; some may be good for ever too. */
export const LIFETIMES = [
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: 'A year' },
]
