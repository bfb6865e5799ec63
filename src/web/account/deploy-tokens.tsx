import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { DeployToken } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Icon, ICONS, Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { SignInAgain } from './sign-in-again.tsx'

export type TokensOf = { kind: 'app' | 'pipeline'; id: string; name: string }

type Props = { of: TokensOf; refusal: string | undefined }

/** Tokens for CI systems: each deploys one app, or the apps of one pipeline, and does nothing else. */
export const DeployTokens = ({ of, refusal }: Props): ReactNode => {
  const tokens = useQuery({ ...queries.deployTokens(of), enabled: refusal === undefined })
  const [isCreating, setCreating] = useState(false)
  return (
    <Section
      title="Deploy tokens"
      action={
        <Button refusal={refusal} onClick={() => setCreating(true)}>
          <Icon path={ICONS.plus} />
          Create deploy token
        </Button>
      }
    >
      {refusal === undefined ? (
        <Loaded query={tokens} what="deploy tokens" lines={1}>
          {(found) =>
            found.length === 0 ? (
              <Empty title="No deploy tokens">
                <p className="text-muted">
                  A CI system needs one: it deploys this {of.kind} and does nothing else.
                </p>
              </Empty>
            ) : (
              <ul className="card divide-y">
                {found.map((token) => (
                  <Row key={token.id} of={of} token={token} />
                ))}
              </ul>
            )
          }
        </Loaded>
      ) : (
        <div className="card p-4">
          <Reason text={refusal} />
        </div>
      )}
      {isCreating && <CreateSheet of={of} onClose={() => setCreating(false)} />}
    </Section>
  )
}

const Row = ({ of, token }: { of: TokensOf; token: DeployToken }): ReactNode => {
  const name = plainText(token.description) || 'Without a description'
  return (
    <RemovableRow
      action="Revoke"
      name={name}
      title={name}
      about={
        <>
          <Mono>{token.token}</Mono> · of {token.user.email}
          {token.last_used_at === null ? (
            ' · never used'
          ) : (
            <>
              {' · used '}
              <Ago time={token.last_used_at} />
            </>
          )}
          {token.expires_at !== null && ` · good until ${token.expires_at.slice(0, 10)}`}
        </>
      }
      path={`/deploy-tokens/${token.id}`}
      queryKey={queries.deployTokens(of).queryKey}
    />
  )
}

const DAY_SECONDS = 86_400
const LIFETIMES = [
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: 'A year' },
]

const CreateSheet = ({ of, onClose }: { of: TokensOf; onClose: () => void }): ReactNode => {
  const [description, setDescription] = useState('')
  const [days, setDays] = useState('365')
  const create = useMutation({
    mutationFn: () =>
      request<DeployToken>('POST', `/${of.kind}s/${of.id}/deploy-tokens`, {
        body: { description: description.trim(), expires_in: Number(days) * DAY_SECONDS },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.deployTokens(of).queryKey }),
  })
  return (
    <Sheet
      title={`Create a deploy token for ${of.name}`}
      about="Whoever has it may see and deploy it in your name, and nothing else."
      onClose={onClose}
    >
      {create.data ? (
        <div className="grid gap-4">
          <Once
            label="The token"
            about="Give it to the CI system as a secret. It is shown this once."
            text={create.data.token}
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
          <Choice label="Good for" value={days} onChoose={setDays} options={LIFETIMES} />
          <Problem error={create.error} />
          <SignInAgain after={create.error} />
          <Button
            type="submit"
            kind="main"
            isBusy={create.isPending}
            className="justify-self-start"
          >
            Create deploy token
          </Button>
        </Form>
      )}
    </Sheet>
  )
}
