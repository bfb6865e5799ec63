import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Mono } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { EditableList } from '#/web/ui/editable-list.tsx'
import { Form } from '#/web/ui/form.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'

/** Public keys that the account keeps, as `heroku keys` shows them. */
export const SshKeys = (): ReactNode => (
  <EditableList
    title="SSH keys"
    what="SSH keys"
    query={useQuery(queries.sshKeys)}
    empty={{
      title: 'No SSH keys',
      text: 'Code is pushed over HTTPS with a token: keys are only kept, for programs that list them.',
    }}
    row={(key) => (
      <RemovableRow
        key={key.id}
        name={plainText(key.comment) || key.fingerprint}
        title={plainText(key.comment) || 'Without a comment'}
        about={
          <>
            <Mono>{key.fingerprint}</Mono> · <Ago time={key.created_at} />
          </>
        }
        path={`/account/keys/${key.id}`}
        queryKey={['ssh-keys']}
      />
    )}
    action="Add SSH key"
    sheet={(onClose) => <AddSheet onClose={onClose} />}
  />
)

const AddSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const id = useId()
  const [text, setText] = useState('')
  const add = useMutation({
    mutationFn: () => request('POST', '/account/keys', { body: { public_key: text.trim() } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['ssh-keys'] })
      onClose()
    },
  })
  return (
    <Sheet
      title="Add an SSH key"
      about="The public half: what is in the file that ends in .pub."
      onClose={onClose}
    >
      <Form onSend={() => add.mutate()}>
        <div className="grid gap-1">
          <label htmlFor={id} className="text-sm font-medium">
            Public key
          </label>
          <textarea
            id={id}
            rows={5}
            spellCheck={false}
            placeholder="ssh-ed25519 AAAA… you@laptop"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="field font-mono text-sm break-all"
          />
        </div>
        <Problem error={add.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={add.isPending}
          disabled={text.trim() === ''}
          className="justify-self-start"
        >
          Add SSH key
        </Button>
      </Form>
    </Sheet>
  )
}
