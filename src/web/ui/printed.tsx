import { useEffect, useRef, useState, type ReactNode } from 'react'
import { streamText } from '#/web/data/client.ts'
import { AnsiText } from './ansi-text.tsx'
import { Problem } from './states.tsx'

/** A page that shows more than this is of no use to anybody; the whole is for the CLI. */
const MOST_CHARACTERS = 400_000
const DRAW_MS = 100
const AT_END_PX = 40

/** Text of a URL of the API, as it comes: what a build or a release phase prints. */
export const Printed = ({ url, label }: { url: string; label: string }): ReactNode => {
  const [text, setText] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  // The signature in it changes each time; what it leads to does not.
  const { pathname } = new URL(url, location.origin)
  const latest = useRef(url)
  latest.current = url

  useEffect(() => {
    const gone = new AbortController()
    let all = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = (): void => {
      timer = undefined
      setText(all)
    }
    setText('')
    setError(null)
    streamText(latest.current, gone.signal, (some) => {
      all = (all + some).slice(-MOST_CHARACTERS)
      timer ??= setTimeout(draw, DRAW_MS)
    }).catch((problem: unknown) => {
      if (!gone.signal.aborted) setError(problem instanceof Error ? problem : new Error('?'))
    })
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [pathname])

  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [text])

  return (
    <>
      <Problem error={error} />
      <pre
        ref={box}
        role="log"
        // Thousands of lines are not for reading out as they come: the page tells of the end.
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - AT_END_PX
        }}
        className="max-h-[70vh] min-h-24 overflow-auto rounded-lg border bg-sunken p-4 font-mono text-[0.8125rem] leading-5 break-words whitespace-pre-wrap"
      >
        {text === '' && !error ? 'Nothing has been printed yet.' : <AnsiText text={text} />}
      </pre>
    </>
  )
}
