import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useIsConnected, useLiveChanges } from '#/web/data/live.ts'
import { queries } from '#/web/data/queries.ts'
import { useHasSessionEnded } from '#/web/data/session.ts'
import { Icon, ICONS } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { keepFocus } from '#/web/ui/focus.ts'
import { RefusalNote } from '#/web/ui/refusal-note.tsx'
import { Settled, useShownPath } from '#/web/ui/settled.tsx'
import { Menu, MenuItem, MenuLabel, MenuLine } from '#/web/ui/menu.tsx'
import { Palette } from './palette.tsx'
import { isDark, switchTheme } from './theme.ts'

export const Shell = (): ReactNode => {
  useLiveChanges()
  useEffect(keepFocus, [])
  const path = useShownPath()
  const [isSearching, setSearching] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setSearching((is) => !is)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <Header onSearch={() => setSearching(true)} />
      <ConnectionNotice />
      <main id="main" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-8 outline-none sm:px-6">
        <Settled place={placeOf(path)} what="the page">
          <Outlet />
        </Settled>
      </main>
      <Announcer />
      <RefusalNote />
      {isSearching && <Palette onClose={() => setSearching(false)} />}
    </>
  )
}

/** An app, pipeline or team as a whole: what is around its pages stays where it is from one to the next. */
const placeOf = (path: string): string => path.split('/', 3).join('/')

const Header = ({ onSearch }: { onSearch: () => void }): ReactNode => {
  const navigate = useNavigate()
  return (
    <header className="border-b bg-surface">
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-2 px-4 sm:px-6">
        <Link
          to="/"
          className="mr-auto flex items-center gap-2.5 rounded font-semibold tracking-tight"
        >
          <Mark />
          Sluice
        </Link>
        <Button kind="quiet" onClick={onSearch} aria-keyshortcuts="Control+K">
          <Icon path={ICONS.search} />
          <span className="max-sm:sr-only">Search</span>
          <kbd
            aria-hidden="true"
            className="hidden rounded border px-1.5 font-sans text-xs sm:inline"
          >
            Ctrl K
          </kbd>
        </Button>
        <Menu
          trigger={
            <Button>
              New
              <Icon path={ICONS.down} />
            </Button>
          }
        >
          <MenuItem onChoose={() => void navigate({ to: '/new/app' })}>Create new app</MenuItem>
          <MenuItem onChoose={() => void navigate({ to: '/new/pipeline' })}>
            Create new pipeline
          </MenuItem>
        </Menu>
        <AccountMenu />
      </div>
    </header>
  )
}

const Mark = (): ReactNode => (
  <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6">
    <rect width="32" height="32" rx="7" fill="#0f766e" />
    <path
      d="M7 11h11M7 16h18M14 21h11"
      stroke="#fff"
      strokeWidth="2.6"
      strokeLinecap="round"
      fill="none"
    />
  </svg>
)

const AccountMenu = (): ReactNode => {
  const account = useQuery(queries.account)
  const [dark, setDark] = useState(isDark)
  const navigate = useNavigate()
  const signOut = useRef<HTMLFormElement>(null)
  return (
    <>
      <Menu
        trigger={
          <Button kind="quiet" aria-label="Account" className="px-2">
            <Icon path={ICONS.person} />
          </Button>
        }
      >
        <MenuLabel>{account.data?.email ?? 'Signed in'}</MenuLabel>
        <MenuLine />
        <MenuItem onChoose={() => void navigate({ to: '/teams' })}>Teams</MenuItem>
        <MenuItem onChoose={() => void navigate({ to: '/account' })}>Account</MenuItem>
        <MenuLine />
        <MenuItem
          onChoose={() => {
            switchTheme()
            setDark(isDark())
          }}
        >
          {dark ? 'Light look' : 'Dark look'}
        </MenuItem>
        <MenuItem onChoose={() => signOut.current?.submit()}>Sign out</MenuItem>
      </Menu>
      <form ref={signOut} method="post" action="/sign-out" hidden />
    </>
  )
}

const ConnectionNotice = (): ReactNode => {
  const isConnected = useIsConnected()
  const hasEnded = useHasSessionEnded()
  return (
    <div role="status" aria-live="polite">
      {hasEnded && (
        <p className={NOTICE}>
          Your session has ended. What you have typed is still here:{' '}
          <a href="/sign-in?next=/dashboard" target="_blank" rel="noreferrer" className="link">
            sign in again in another tab
          </a>
          , then go on.
        </p>
      )}
      {!isConnected && !hasEnded && (
        <p className={NOTICE}>The connection is lost. What you see may be old; trying again…</p>
      )}
    </div>
  )
}

const NOTICE = 'border-b bg-sunken px-4 py-2 text-center text-sm text-warn'

/** Tells of a change of page whoever does not see it, and names the page in the browser's list. */
const Announcer = (): ReactNode => {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const [title, setTitle] = useState('')
  useEffect(() => {
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent)
    const name = parts.length > 1 ? parts.slice(1).join(' · ') : 'Home'
    document.title = `${name} · Sluice`
    setTitle(name)
  }, [path])
  return (
    <p className="sr-only" aria-live="polite">
      {title}
    </p>
  )
}
