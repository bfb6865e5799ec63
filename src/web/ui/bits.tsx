import { useSyncExternalStore, type ReactNode } from 'react'
import { ago, capitalised, fragmentOf } from '#/web/text/words.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'none'

const TONES: Record<Tone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  busy: 'text-accent',
  none: 'text-muted',
}

/** A dot and words: colour never says it alone. */
export const Status = ({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode => (
  <span className={`inline-flex items-center gap-1.5 text-sm ${TONES[tone]}`}>
    <span
      aria-hidden="true"
      className={`size-2 shrink-0 rounded-full ${tone === 'none' ? 'border-2 border-current' : 'bg-current'} ${tone === 'busy' ? 'animate-pulse' : ''}`}
    />
    {children}
  </span>
)

const OUTCOMES: Record<string, Tone> = {
  succeeded: 'good',
  completed: 'good',
  failed: 'bad',
  pending: 'busy',
  running: 'busy',
  queued: 'busy',
}

/** Of a build, release, deploy or promotion. */
export const Outcome = ({ status }: { status: string }): ReactNode => (
  <Status tone={OUTCOMES[status] ?? 'none'}>{capitalised(status)}</Status>
)

let now = Date.now()
const subscribeMinutes = (listener: () => void): (() => void) => {
  const timer = setInterval(() => {
    now = Date.now()
    listener()
  }, 15_000)
  return () => clearInterval(timer)
}

/** How long ago; the moment itself as its title. */
export const Ago = ({ time }: { time: string }): ReactNode => {
  const at = useSyncExternalStore(subscribeMinutes, () => now)
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()} className="whitespace-nowrap">
      {ago(time, Math.max(at, Date.now() - 15_000))}
    </time>
  )
}

export const Mono = ({ children, title }: { children: ReactNode; title?: string }): ReactNode => (
  <span title={title} className="font-mono text-[0.92em]">
    {children}
  </span>
)

export const PageTitle = ({
  title,
  about,
  children,
}: {
  title: ReactNode
  about?: ReactNode
  children?: ReactNode
}): ReactNode => (
  <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
    <div className="min-w-0">
      <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
      {about && <div className="mt-1 text-muted">{about}</div>}
    </div>
    {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
  </div>
)

/** Its title is also the fragment by which an address leads to it. */
export const Section = ({
  title,
  action,
  children,
}: {
  title: string
  action?: ReactNode
  children: ReactNode
}): ReactNode => (
  <section
    aria-label={title}
    id={fragmentOf(title)}
    tabIndex={-1}
    className="mb-8 scroll-mt-4 rounded-lg outline-offset-4"
  >
    <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-2">
      <h2 className="text-lg font-semibold">{title}</h2>
      {action}
    </div>
    {children}
  </section>
)

export const Icon = ({ path, weight = 1.7 }: { path: string; weight?: number }): ReactNode => (
  <svg
    aria-hidden="true"
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth={weight}
    strokeLinecap="round"
    strokeLinejoin="round"
    className="size-4 shrink-0"
  >
    <path d={path} />
  </svg>
)

export const ICONS = {
  up: 'M5 12.5l5-5 5 5',
  down: 'M5 7.5l5 5 5-5',
  right: 'M7.5 5l5 5-5 5',
  dots: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  close: 'M5 5l10 10M15 5L5 15',
  search: 'M9 15A6 6 0 109 3a6 6 0 000 12zM13.5 13.5L17 17',
  sun: 'M10 13.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16.5 12A7 7 0 018 3.5 7 7 0 1016.5 12z',
  person: 'M10 10a3.2 3.2 0 100-6.4A3.2 3.2 0 0010 10zM3.5 17c.7-3 3.3-4.6 6.5-4.6s5.8 1.6 6.5 4.6',
}
