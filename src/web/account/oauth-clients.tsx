import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { OauthClient } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Mono } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { EditableList } from '#/web/ui/editable-list.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { SignInAgain } from './sign-in-again.tsx'

/** Programs of one's own that others may let act for them. */
export const OauthClients = (): ReactNode => {
  const [rotating, setRotating] = useState<OauthClient>()
  return (
    <>
      <EditableList
        title="OAuth clients"
        what="OAuth clients"
        query={useQuery(queries.oauthClients)}
        empty={{
          title: 'No OAuth clients',
          text: 'A program of yours that people authorize to act for them is one.',
        }}
        row={(client) => (
          <RemovableRow
            key={client.id}
            name={plainText(client.name)}
            title={plainText(client.name)}
            about={
              <>
                <Mono>{client.id}</Mono> · leads back to{' '}
                <span className="break-all">{client.redirect_uri}</span>
              </>
            }
            path={`/oauth/clients/${client.id}`}
            queryKey={['oauth-clients']}
          >
            <Button
              aria-label={`New secret for ${plainText(client.name)}`}
              onClick={() => setRotating(client)}
            >
              New secret…
            </Button>
          </RemovableRow>
        )}
        action="Create OAuth client"
        sheet={(onClose) => <CreateSheet onClose={onClose} />}
      />
      {rotating && <RotateSheet client={rotating} onClose={() => setRotating(undefined)} />}
    </>
  )
}

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['oauth-clients'] })

const Credentials = ({
  client,
  onClose,
}: {
  client: OauthClient
  onClose: () => void
}): ReactNode => (
  <div className="grid gap-4">
    <Field label="Its id" value={client.id} readOnly />
    <Once
      label="Its secret"
      about="Keep it where only the program reads. It is shown this once."
      text={client.secret}
    />
    <Button onClick={onClose} className="justify-self-start">
      Done
    </Button>
  </div>
)

const CreateSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const [name, setName] = useState('')
  const [address, setAddress] = useState('')
  const create = useMutation({
    mutationFn: () =>
      request<OauthClient>('POST', '/oauth/clients', {
        body: { name: name.trim(), redirect_uri: address.trim() },
      }),
    onSuccess: refresh,
  })
  return (
    <Sheet
      title="Create an OAuth client"
      about="People are asked whether they trust it, by the name that you give it here."
      onClose={onClose}
    >
      {create.data ? (
        <Credentials client={create.data} onClose={onClose} />
      ) : (
        <Form onSend={() => create.mutate()}>
          <Field
            label="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
          />
          <Field
            label="Where it takes people back"
            hint="Begins with https://, or with http://localhost."
            type="url"
            placeholder="https://program.example.com/back"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
            required
          />
          <Problem error={create.error} />
          <SignInAgain after={create.error} />
          <Button
            type="submit"
            kind="main"
            isBusy={create.isPending}
            className="justify-self-start"
          >
            Create OAuth client
          </Button>
        </Form>
      )}
    </Sheet>
  )
}

type RotateSheetProps = { client: OauthClient; onClose: () => void }

const RotateSheet = ({ client, onClose }: RotateSheetProps): ReactNode => {
  const rotate = useMutation({
    mutationFn: () =>
      request<OauthClient>('POST', `/oauth/clients/${client.id}/actions/rotate-credentials`),
    onSuccess: refresh,
  })
  return (
    <Sheet
      title={`A new secret for ${plainText(client.name)}`}
      about="The present one stops working: the program needs the new one at once."
      onClose={onClose}
    >
      {rotate.data ? (
        <Credentials client={rotate.data} onClose={onClose} />
      ) : (
        <div className="grid gap-4">
          <Problem error={rotate.error} />
          <SignInAgain after={rotate.error} />
          <Button
            kind="danger"
            isBusy={rotate.isPending}
            onClick={() => rotate.mutate()}
            className="justify-self-start"
          >
            Make a new secret
          </Button>
        </div>
      )}
    </Sheet>
  )
}
