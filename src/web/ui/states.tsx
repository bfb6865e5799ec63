import type { UseQueryResult } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { RequestError } from '#/web/data/client.ts'
import { Button } from './button.tsx'

/** Stands where something is still to come, in about its height. */
export const Loading = ({ what, lines = 3 }: { what: string; lines?: number }): ReactNode => (
  <div role="status" className="grid gap-3" aria-label={`Loading ${what}`}>
    {Array.from({ length: lines }, (_, index) => (
      <div key={index} className="h-12 animate-pulse rounded-lg bg-sunken" />
    ))}
  </div>
)

const titleOf = ({ status }: RequestError): string => {
  if (status === 403) return 'You may not see this'
  if (status === 404) return 'There is no such thing here'
  return 'That did not work'
}

const failureTitle = (error: Error): string =>
  error instanceof RequestError ? titleOf(error) : 'That did not work'

/** Asking once more would not change it. */
const isFinal = (error: Error): boolean =>
  error instanceof RequestError && (error.status === 403 || error.status === 404)

export const Failure = ({
  error,
  onRetry,
  isPage = false,
}: {
  error: Error
  onRetry?: (() => void) | undefined
  /** It stands for the whole page, so that its title is the page's. */
  isPage?: boolean
}): ReactNode => (
  <div role="alert" className="card grid justify-items-start gap-2 p-5">
    {isPage ? (
      <h1 className="font-medium">{failureTitle(error)}</h1>
    ) : (
      <p className="font-medium">{failureTitle(error)}</p>
    )}
    <p className="text-muted">{error.message}</p>
    {onRetry && !isFinal(error) && <Button onClick={onRetry}>Try again</Button>}
    {isPage && (
      <a href="/dashboard" className="link">
        Go to Home
      </a>
    )}
  </div>
)

/** Why a query has brought nothing. What is final is told on while it is asked for once more. */
const useFailure = ({ error, errorUpdateCount }: UseQueryResult): Error | null => {
  const [last, setLast] = useState(error)
  if (error && error !== last) setLast(error)
  if (error) return error
  return errorUpdateCount > 0 && last && isFinal(last) ? last : null
}

/** What a query has brought, or how it stands with it. */
export const Loaded = <T,>({
  query,
  what,
  lines,
  isPage = false,
  children,
}: {
  query: UseQueryResult<T>
  what: string
  lines?: number
  isPage?: boolean
  children: (data: T) => ReactNode
}): ReactNode => {
  const failure = useFailure(query)
  if (query.data !== undefined) return children(query.data)
  if (failure)
    return <Failure error={failure} isPage={isPage} onRetry={() => void query.refetch()} />
  return <Loading what={what} {...(lines === undefined ? {} : { lines })} />
}

/** A problem beside what caused it. */
export const Problem = ({ error }: { error: Error | null }): ReactNode =>
  error && (
    <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      {error.message}
    </p>
  )

export const Empty = ({ title, children }: { title: string; children?: ReactNode }): ReactNode => (
  <div className="grid justify-items-start gap-3 rounded-lg border border-dashed border-strong-line p-6">
    <p className="font-medium">{title}</p>
    {children}
  </div>
)

export const Commands = ({ children }: { children: string }): ReactNode => (
  <pre
    className="max-w-full overflow-x-auto rounded-md bg-sunken p-4 font-mono text-sm"
    tabIndex={0}
  >
    {children}
  </pre>
)

/** Why what is near it cannot be used, for those who see no title of a button. */
export const Reason = ({ text }: { text: string | undefined }): ReactNode =>
  text !== undefined && <p className="text-sm text-muted">{text}</p>
