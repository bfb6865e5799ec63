import { useState } from 'react'

type Draft<T> = {
  /** What is saved, with what is typed over it. */
  draft: T
  edited: Partial<T>
  isEdited: boolean
  set: (change: Partial<T>) => void
  /** Once `sent` is saved and read again: what has been typed since then stays. */
  saved: (sent: Partial<T>) => void
}

/** What somebody types over what is saved, whatever comes in meanwhile. */
export const useDraft = <T extends object>(saved: T): Draft<T> => {
  const [edited, setEdited] = useState<Partial<T>>({})
  return {
    draft: { ...saved, ...edited },
    edited,
    isEdited: Object.keys(edited).length > 0,
    set: (change) => setEdited((now) => ({ ...now, ...change })),
    saved: (sent) => setEdited((now) => (now === sent ? {} : now)),
  }
}

/** A field whose text has been sent is empty, unless something else has been typed meanwhile. */
export const emptiedOf =
  (sent: string) =>
  (now: string): string =>
    now.trim() === sent ? '' : now
