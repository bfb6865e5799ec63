import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Sheet } from '#/web/ui/sheet.tsx'
import { usePaletteEntries, type Entry } from './palette-entries.ts'

const MOST_SHOWN = 12

/** Ctrl-K: to any app, pipeline, page or action by a few letters. */
export const Palette = ({ onClose }: { onClose: () => void }): ReactNode => {
  const all = usePaletteEntries()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const id = useId()

  const wanted = text.trim().toLowerCase()
  const found = all
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a.name, wanted) - rank(b.name, wanted))
    .slice(0, MOST_SHOWN)
  const current = Math.min(chosen, found.length - 1)

  const choose = (one: Entry | undefined): void => {
    if (!one) return
    onClose()
    one.go()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') choose(found[current])
    else if (event.key === 'ArrowDown') setChosen(Math.min(current + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setChosen(Math.max(current - 1, 0))
    else return
    event.preventDefault()
  }

  return (
    <Sheet title="Search" about="Apps, pipelines, teams and actions" onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-label="Search apps, pipelines, teams and actions"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
        className="field"
      />
      <ul id={id} role="listbox" aria-label="Found" className="mt-3 grid gap-0.5">
        {found.map((one, index) => (
          <li
            key={`${one.kind} ${one.name}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onPointerMove={() => setChosen(index)}
            onClick={() => choose(one)}
            className={`flex cursor-pointer items-center justify-between gap-4 rounded-md px-3 py-2 ${index === current ? 'bg-accent-soft' : ''}`}
          >
            <span className="min-w-0 break-words">{one.name}</span>
            <span className="text-sm text-muted">{one.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="mt-3 text-muted">Nothing has that in its name.</p>}
    </Sheet>
  )
}

/** What begins with the words comes first. */
const rank = (name: string, wanted: string): number =>
  name.toLowerCase().startsWith(wanted) ? 0 : 1
