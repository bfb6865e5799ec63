import type { ReactNode } from 'react'
import { RequestError } from '#/web/data/client.ts'

/** The way on from a refusal of the API to do something with a session that has been there for long. */
export const SignInAgain = ({ after }: { after: Error | null }): ReactNode =>
  after instanceof RequestError &&
  after.id === 'sign_in_again' && (
    <a
      href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}
      className="link"
    >
      Sign in again
    </a>
  )
