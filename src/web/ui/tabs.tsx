import type { ReactNode } from 'react'

/** What is around the links to the pages of one thing. */
export const Tabs = ({ label, children }: { label: string; children: ReactNode }): ReactNode => (
  <nav
    aria-label={label}
    className="-mx-4 mb-7 overflow-x-auto border-b px-4 [scrollbar-width:thin] sm:mx-0 sm:px-0"
  >
    <ul className="flex gap-1">{children}</ul>
  </nav>
)

export const TAB =
  'block border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-text'
export const ACTIVE_TAB = { className: 'border-b-accent! text-text' }
