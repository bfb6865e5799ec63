import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { DeployToken } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Mono } from '#/web/ui/bits.tsx'
import { EditableList } from '#/web/ui/editable-list.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { CreateTokenSheet, LIFETIMES } from './create-token-sheet.tsx'

export type TokensOf = { kind: 'app' | 'pipeline'; id: string; name: string }

type Props = { of: TokensOf; refusal: string | undefined }

/** Tokens for CI systems: each deploys one app, or the apps of one pipeline, and does nothing else. */
export const DeployTokens = ({ of, refusal }: Props): ReactNode => {
  const tokens = useQuery({ ...queries.deployTokens(of), enabled: refusal === undefined })
  return (
    <EditableList
      title="Deploy tokens"
      what="deploy tokens"
      query={tokens}
      refusal={refusal}
      empty={{
        title: 'No deploy tokens',
        text: `A CI system needs one: it deploys this ${of.kind} and does nothing else.`,
      }}
      row={(token) => <Row key={token.id} of={of} token={token} />}
      action="Create deploy token"
      sheet={(onClose) => <CreateSheet of={of} onClose={onClose} />}
    />
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

const CreateSheet = ({ of, onClose }: { of: TokensOf; onClose: () => void }): ReactNode => (
  <CreateTokenSheet
    title={`Create a deploy token for ${of.name}`}
    about="Whoever has it may see and deploy it in your name, and nothing else."
    keep="Give it to the CI system as a secret."
    action="Create deploy token"
    path={`/${of.kind}s/${of.id}/deploy-tokens`}
    tokenOf={({ token }: DeployToken) => token}
    queryKey={queries.deployTokens(of).queryKey}
    lifetimes={LIFETIMES}
    lifetime="365"
    onClose={onClose}
  />
)
