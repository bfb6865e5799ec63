import { useQueryClient } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { isFocusFree } from './focus.ts'
import { Loading } from './states.tsx'

const LOOK_MS = 16
/** One answer often leads to the next question: it is quiet only if it stays so. */
const QUIET_LOOKS = 2
/** What takes longer, or fails and is tried again, keeps nothing else from being read. */
const LONGEST_MS = 1_000

/**
 * Shows a page once all that it asks for at first has come, so that nothing moves what one reads already. It is there
 * unseen meanwhile, and asks for everything at once.
 * @param place changes with the page, and so it begins anew
 */
export const Settled = ({
  place,
  what,
  children,
}: {
  place: string
  what: string
  children: ReactNode
}): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  const isSettled = useIsQuiet(place, box)
  return (
    <div ref={box} className="relative">
      <div className={isSettled ? undefined : 'invisible'}>{children}</div>
      {!isSettled && (
        <div className="late absolute inset-x-0 top-0">
          <Loading what={what} lines={5} />
        </div>
      )}
    </div>
  )
}

const useIsQuiet = (place: string, box: RefObject<HTMLElement | null>): boolean => {
  const queryClient = useQueryClient()
  const [quietAt, setQuietAt] = useState<string>()
  useLayoutEffect(() => {
    // Somebody is at what stays, as after another name: hidden, it would lose the focus, and what they type.
    if (box.current?.contains(document.activeElement)) setQuietAt(place)
  }, [place, box])
  useEffect(() => {
    const end = performance.now() + LONGEST_MS
    let quietLooks = 0
    const timer = setInterval(() => {
      const pending = queryClient.isFetching({ predicate: ({ state }) => state.data === undefined })
      quietLooks = pending === 0 ? quietLooks + 1 : 0
      if (quietLooks < QUIET_LOOKS && performance.now() < end) return
      clearInterval(timer)
      setQuietAt(place)
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [place, queryClient])
  const isQuiet = quietAt === place
  const hasShown = useRef(false)
  useLayoutEffect(() => {
    if (!isQuiet) return
    focusStart(hasShown.current)
    hasShown.current = true
  }, [isQuiet])
  return isQuiet
}

/**
 * Only now what the address leads to is where it stays, and only what is seen can have the focus.
 * @param isLater a page came before it, on which a keyboard has left what is gone
 */
const focusStart = (isLater: boolean): void => {
  const id = decodeURIComponent(location.hash.slice(1))
  const target = id === '' ? null : document.getElementById(id)
  target?.scrollIntoView()
  target?.focus({ preventScroll: true })
  const main = document.getElementById('main')
  const field = main?.querySelector<HTMLElement>('[data-autofocus]')
  const start = field ?? (isLater ? main : null)
  if (isFocusFree() || (field && isAround(main))) start?.focus({ preventScroll: true })
}

/** Whether what has the focus is around the page, such as the button of a menu that has led to it. */
const isAround = (main: HTMLElement | null): boolean => {
  const focused = document.activeElement
  return focused === main || !(main?.contains(focused) || focused?.closest('[role=dialog]'))
}

/** The path of the page that is there: not yet that of the next one, while it is still being fetched. */
export const useShownPath = (): string =>
  useRouterState({ select: ({ matches }) => matches.at(-1)?.pathname ?? '/' })
