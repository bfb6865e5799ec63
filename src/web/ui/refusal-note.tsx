import { useEffect, useState, type ReactNode } from 'react'

type Note = { text: string; isAtTop: boolean }

/**
 * Why what has the focus cannot be used, for those who see it but have no mouse to rest on it. Its title tells the same
 * to who does not see it. It is never over what it is about.
 */
export const RefusalNote = (): ReactNode => {
  const [note, setNote] = useState<Note>()
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent): void => setNote(noteOf(target))
    const onBlur = (): void => setNote(undefined)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', onBlur)
    return () => {
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', onBlur)
    }
  }, [])
  if (!note) return null
  return (
    <p
      aria-hidden="true"
      className={`fixed inset-x-4 z-50 mx-auto w-fit max-w-xl rounded-lg border border-strong-line bg-surface px-4 py-2 text-sm shadow-lg ${note.isAtTop ? 'top-4' : 'bottom-4'}`}
    >
      {note.text}
    </p>
  )
}

const noteOf = (target: EventTarget | null): Note | undefined => {
  const isSeen =
    target instanceof HTMLElement && target.matches('[aria-disabled=true][title]:focus-visible')
  if (!isSeen) return undefined
  const { top, bottom } = target.getBoundingClientRect()
  return { text: target.title, isAtTop: (top + bottom) / 2 > innerHeight / 2 }
}
