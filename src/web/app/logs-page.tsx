import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { saveFile } from '#/web/data/client.ts'
import { Section } from '#/web/ui/bits.tsx'
import { AnsiText } from '#/web/ui/ansi-text.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { followLog, type Line, type LogFilter } from './log-buffer.ts'

const ROW_PX = 20
const SPARE_ROWS = 20
const AT_END_PX = 30
const BY_HAND_MS = 500
const TYPING_MS = 400
const NO_FILTER: LogFilter = { source: '', dyno: '', text: '' }

export const LogsPage = (): ReactNode => {
  const app = useApp()
  const [filter, setFilter] = useState(NO_FILTER)
  const settled = useSettled(filter)
  const [newest, setNewest] = useState<Line[]>([])
  const [error, setError] = useState<Error | null>(null)
  /** What was shown when it was paused. */
  const [held, setHeld] = useState<Line[]>()

  useEffect(() => setHeld(undefined), [app.id])
  useEffect(() => {
    setNewest([])
    return followLog(app.id, settled, { lines: setNewest, problem: setError })
  }, [app.id, settled])

  const missed = held ? (newest.at(-1)?.number ?? 0) - (held.at(-1)?.number ?? 0) : 0
  const change = (part: Partial<LogFilter>): void => {
    setFilter((all) => ({ ...all, ...part }))
    setHeld(undefined) // now, and not once it has settled: who pauses before that stays paused
  }
  return (
    <Section
      title="Logs"
      action={
        <span className="flex flex-wrap gap-2">
          <Button
            disabled={newest.length === 0}
            onClick={() => saveFile(textOf(held ?? newest), `${app.name}.log`)}
          >
            Download
          </Button>
          <Button onClick={() => setHeld(held ? undefined : newest)}>
            {held ? `Follow${missed > 0 ? ` (${missed.toLocaleString('en')} new)` : ''}` : 'Pause'}
          </Button>
        </span>
      }
    >
      <div className="mb-4 grid gap-3 sm:grid-cols-3">
        <Choice
          label="Source"
          value={filter.source}
          onChoose={(source) => change({ source })}
          options={[
            { value: '', text: 'All' },
            { value: 'app', text: 'The app' },
            { value: 'heroku', text: 'The platform' },
          ]}
        />
        <Field
          label="Dyno"
          placeholder="web or web.1"
          value={filter.dyno}
          onChange={(event) => change({ dyno: event.target.value.trim() })}
        />
        <Field
          label="Text"
          placeholder="Lines that contain…"
          maxLength={100}
          value={filter.text}
          onChange={(event) => change({ text: event.target.value })}
        />
      </div>
      <Problem error={error} />
      <Lines
        lines={held ?? newest}
        isFollowing={!held}
        onLeaveEnd={() => setHeld((now) => now ?? newest)}
      />
    </Section>
  )
}

/** The lines that are shown, as they are shown. */
const textOf = (lines: Line[]): Blob =>
  new Blob(
    lines.map(({ at, from, text }) => `${at} ${from} ${text}\n`),
    { type: 'text/plain' },
  )

const useSettled = (filter: LogFilter): LogFilter => {
  const [settled, setSettled] = useState(filter)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(filter), TYPING_MS)
    return () => clearTimeout(timer)
  }, [filter])
  return settled
}

type LinesProps = { lines: Line[]; isFollowing: boolean; onLeaveEnd: () => void }

/** Draws only the rows that can be seen: all are of one height. */
const Lines = ({ lines, isFollowing, onLeaveEnd }: LinesProps): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  const touchedAt = useRef(-Infinity)
  const touch = (): void => {
    touchedAt.current = performance.now()
  }
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(600)

  useLayoutEffect(() => {
    if (!box.current) return
    if (isFollowing) box.current.scrollTop = box.current.scrollHeight
    setTop(box.current.scrollTop)
    setHeight(box.current.clientHeight)
  }, [lines, isFollowing])

  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS)
  const visible = lines.slice(first, first + Math.ceil(height / ROW_PX) + 2 * SPARE_ROWS)
  return (
    <div
      ref={box}
      role="log"
      aria-live="off"
      aria-label="Log lines"
      tabIndex={0}
      onWheel={touch}
      onTouchMove={touch}
      onKeyDown={touch}
      onPointerDown={touch}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        setTop(scrollTop)
        // Only a person's scrolling leaves the end: the browser moves the view too when lines come.
        const isByHand = performance.now() - touchedAt.current < BY_HAND_MS
        const isAway = scrollTop + clientHeight < scrollHeight - AT_END_PX
        if (isFollowing && isByHand && isAway) onLeaveEnd()
      }}
      className="h-[65vh] min-h-60 overflow-auto rounded-lg border bg-sunken font-mono [overflow-anchor:none] text-[0.8125rem]"
    >
      {lines.length === 0 ? (
        <p className="p-4 text-muted">No lines yet.</p>
      ) : (
        <div className="relative" style={{ height: lines.length * ROW_PX }}>
          <div className="absolute left-0 px-3" style={{ top: first * ROW_PX }}>
            {visible.map(({ number, at, from, text }) => (
              <div key={number} className="h-5 leading-5 whitespace-pre">
                <span className="text-muted">{at}</span> <span className="text-accent">{from}</span>{' '}
                <AnsiText text={text} />
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  )
}
