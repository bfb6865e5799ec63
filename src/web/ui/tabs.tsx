import { useRouterState } from '@tanstack/react-router'
import { useLayoutEffect, useRef, type ReactNode } from 'react'

const EDGE_PX = 24

const reveal = (around: HTMLElement): void => {
  const open = around.querySelector('[aria-current=page]')?.getBoundingClientRect()
  if (!open) return
  const { left, right } = around.getBoundingClientRect()
  if (open.right + EDGE_PX > right) around.scrollLeft += open.right + EDGE_PX - right
  else if (open.left - EDGE_PX < left) around.scrollLeft -= left + EDGE_PX - open.left
}

/** What is around the links to the pages of one thing. Where they do not all fit, the open one is in sight. */
export const Tabs = ({ label, children }: { label: string; children: ReactNode }): ReactNode => {
  const nav = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useLayoutEffect(() => {
    const around = nav.current
    if (!around) return
    const observer = new ResizeObserver(() => reveal(around))
    observer.observe(around)
    reveal(around)
    return () => observer.disconnect()
  }, [path])
  return (
    <nav
      ref={nav}
      aria-label={label}
      className="-mx-4 mb-7 overflow-x-auto border-b px-4 [scrollbar-width:thin] sm:mx-0 sm:px-0"
    >
      <ul className="flex gap-1">{children}</ul>
    </nav>
  )
}

export const TAB =
  'block border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-text'
export const ACTIVE_TAB = { className: 'border-b-accent! text-text' }
