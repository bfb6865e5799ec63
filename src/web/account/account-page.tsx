import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { Authorization, Session } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Mono, PageTitle, Section, Status } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { EditableList } from '#/web/ui/editable-list.tsx'
import { Choice } from '#/web/ui/form.tsx'
import { RemovableRow } from '#/web/ui/removable-row.tsx'
import { Loaded } from '#/web/ui/states.tsx'
import { CreateTokenSheet, LIFETIMES } from './create-token-sheet.tsx'
import { OauthClients } from './oauth-clients.tsx'
import { SshKeys } from './ssh-keys.tsx'

export const AccountPage = (): ReactNode => {
  const account = useQuery(queries.account)
  return (
    <Loaded query={account} what="your account" isPage>
      {({ email, name, two_factor_authentication: hasTwoFactor }) => (
        <>
          <PageTitle title="Account" about={name === null ? email : `${name}, ${email}`} />
          <Section title="Password and second factor">
            <div className="card flex flex-wrap items-center justify-between gap-3 p-4">
              <Status tone={hasTwoFactor ? 'good' : 'warn'}>
                Two-factor authentication is {hasTwoFactor ? 'enabled' : 'not enabled'}
              </Status>
              <a href="/settings" className={buttonLook()}>
                Change them
              </a>
            </div>
          </Section>
          <Tokens />
          <OauthClients />
          <SshKeys />
          <Sessions />
        </>
      )}
    </Loaded>
  )
}

const Tokens = (): ReactNode => (
  <EditableList
    title="Tokens"
    what="tokens"
    query={useQuery(queries.authorizations)}
    lines={2}
    empty={{
      title: 'No tokens',
      text: 'A command line that is logged in has one, and so may a program of yours.',
    }}
    row={(token) => <TokenRow key={token.id} token={token} />}
    action="Create token"
    sheet={(onClose) => <CreateSheet onClose={onClose} />}
  />
)

const DAY_SECONDS = 86_400

const inDays = (seconds: number): string =>
  seconds < DAY_SECONDS ? 'ends within a day' : `ends in ${Math.round(seconds / DAY_SECONDS)} days`

const TokenRow = ({ token }: { token: Authorization }): ReactNode => {
  const name = plainText(token.description) || 'Without a description'
  const { token: hint, expires_in: left } = token.access_token
  return (
    <RemovableRow
      action="Revoke"
      name={name}
      title={name}
      about={
        <>
          <Mono>{hint}</Mono> · {token.scope.join(', ')} · <Ago time={token.created_at} />
          {left !== null && ` · ${inDays(left)}`}
        </>
      }
      path={`/oauth/authorizations/${token.id}`}
      queryKey={['authorizations']}
    />
  )
}

const SCOPES = [
  { value: 'global', text: 'All that you may do' },
  { value: 'read', text: 'Read, but no secrets' },
  { value: 'read-protected', text: 'Read, config vars too' },
  { value: 'write', text: 'Read and change, but no secrets' },
  { value: 'write-protected', text: 'Read and change, config vars too' },
  { value: 'identity', text: 'Only who you are' },
]

const CreateSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const [scope, setScope] = useState('global')
  return (
    <CreateTokenSheet
      title="Create a token"
      about="Whoever has it may do with the API what it allows, as you."
      keep="Keep it where nobody else reads."
      action="Create token"
      path="/oauth/authorizations"
      body={{ scope: [scope] }}
      tokenOf={({ access_token: token }: Authorization) => token.token}
      queryKey={['authorizations']}
      lifetimes={[...LIFETIMES, { value: '', text: 'For ever' }]}
      lifetime="90"
      onClose={onClose}
    >
      <Choice label="It may" value={scope} onChoose={setScope} options={SCOPES} />
    </CreateTokenSheet>
  )
}

const Sessions = (): ReactNode => {
  const sessions = useQuery(queries.sessions)
  return (
    <Section title="Where you are signed in">
      <Loaded query={sessions} what="sessions" lines={2}>
        {(found) => (
          <ul className="card divide-y">
            {found.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  )
}

const BROWSERS = ['Firefox', 'Edg', 'Chrome', 'Safari']
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux']

/** Of what a browser says it is, what people know it by. */
const nameOf = ({ description }: Session): string => {
  const text = plainText(description)
  const [browser, system] = [BROWSERS, SYSTEMS].map((names) =>
    names.find((name) => text.includes(name)),
  )
  const address = text.split(' @ ').at(-1) ?? ''
  if (browser === undefined) return text
  return `${browser === 'Edg' ? 'Edge' : browser} on ${system ?? 'something'} at ${address}`
}

const SessionRow = ({ session }: { session: Session }): ReactNode => {
  const name = nameOf(session)
  return (
    <RemovableRow
      action="Sign out"
      name={name}
      title={<span title={plainText(session.description)}>{name}</span>}
      about={
        <>
          last used <Ago time={session.updated_at} />
        </>
      }
      path={`/oauth/sessions/${session.id}`}
      // If it was the one of this page, the answer to the next question leads to the sign-in page.
      queryKey={['sessions']}
    />
  )
}
