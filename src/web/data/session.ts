import { useSyncExternalStore } from 'react'

/** Fields in which somebody has typed; one that is gone, or empty again, holds nothing back. */
const typedIn = new Set<HTMLInputElement | HTMLTextAreaElement>()
const NOT_TYPED = ['checkbox', 'radio']

document.addEventListener('input', ({ target }) => {
  const isText =
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !NOT_TYPED.includes(target.type))
  if (isText) typedIn.add(target)
})

/** Whether the page holds what would be lost with it. */
export const holdsTyping = (): boolean => {
  for (const field of typedIn) if (!field.isConnected) typedIn.delete(field)
  return [...typedIn].some(({ value }) => value !== '')
}

let hasEnded = false
const listeners = new Set<() => void>()

/** Of the session, while the page stays for the sake of what is typed in it. */
export const setSessionEnded = (next: boolean): void => {
  if (next === hasEnded) return
  hasEnded = next
  for (const listener of listeners) listener()
}

export const useHasSessionEnded = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => hasEnded,
  )
