import type { UseQueryResult } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Icon, ICONS, Section } from './bits.tsx'
import { Button } from './button.tsx'
import { Empty, Loaded, Reason } from './states.tsx'

type EditableListProps<T> = {
  title: string
  /** In the middle of a sentence. */
  what: string
  query: UseQueryResult<T[]>
  /** How many lines it takes while it loads. */
  lines?: number
  /** Said while there is none. */
  empty: { title: string; text: string }
  row: (item: T) => ReactNode
  /** The button that opens the sheet. */
  action: string
  sheet: (onClose: () => void) => ReactNode
  /** Why neither the list nor the sheet is for whoever is signed in. */
  refusal?: string | undefined
}

/** A section with a list to which a sheet adds. */
export const EditableList = <T,>({
  title,
  what,
  query,
  lines = 1,
  empty,
  row,
  action,
  sheet,
  refusal,
}: EditableListProps<T>): ReactNode => {
  const [isOpen, setOpen] = useState(false)
  return (
    <Section
      title={title}
      action={
        <Button refusal={refusal} onClick={() => setOpen(true)}>
          <Icon path={ICONS.plus} />
          {action}
        </Button>
      }
    >
      {refusal === undefined ? (
        <Loaded query={query} what={what} lines={lines}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={empty.title}>
                <p className="text-muted">{empty.text}</p>
              </Empty>
            ) : (
              <ul className="card divide-y">{found.map(row)}</ul>
            )
          }
        </Loaded>
      ) : (
        <div className="card p-4">
          <Reason text={refusal} />
        </div>
      )}
      {isOpen && sheet(() => setOpen(false))}
    </Section>
  )
}
