/** Where something had the focus, so that near it one goes on when it is gone. */
export type FocusPlace = {
  element: Element
  /** Its label, if it has one of its own: by that it is found where it is drawn anew. */
  label: string | null
  list: Element | null
  /** Of its row in the list. */
  index: number
  section: Element | null
}

/** Whether nothing has the focus, so that nobody loses it to whoever takes it. */
export const isFocusFree = (): boolean =>
  document.activeElement === null || document.activeElement === document.body

/** Of an item of a menu, which goes with it, the button that has opened the menu. */
export const focusPlaceOf = (focused: Element): FocusPlace => {
  const menu = focused.closest('[role=menu]')
  const opener = menu && document.getElementById(menu.getAttribute('aria-labelledby') ?? '')
  const element = opener ?? focused
  const row = element.closest('li')
  return {
    element,
    label: element.getAttribute('aria-label'),
    list: row?.parentElement ?? null,
    index: row?.parentElement ? [...row.parentElement.children].indexOf(row) : -1,
    section: element.closest('section'),
  }
}

/** Gives it back, to what has its label, or the row that came to its place, or its section, or the page. */
export const giveFocusBack = (place: FocusPlace | undefined): void => {
  const { element, label = null, list = null, index = -1, section = null } = place ?? {}
  const rows = list?.isConnected ? [...list.children] : []
  const same =
    label === null ? null : document.querySelector(`main [aria-label=${CSS.escape(label)}]`)
  const to = [
    element,
    same,
    rows[index] ?? rows.at(-1),
    section,
    document.getElementById('main'),
  ].find((one) => one instanceof HTMLElement && one.isConnected && one !== document.body)
  if (to instanceof HTMLElement) focusOn(to)
}

/** Also on what one does not reach by Tab: from there Tab goes on. */
const focusOn = (element: HTMLElement): void => {
  element.focus({ preventScroll: true })
  if (document.activeElement === element) return
  element.tabIndex = -1
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true })
  element.focus({ preventScroll: true })
}

/**
 * As long as it is on, what has the focus and goes away, such as the row that one deletes, leaves it to what is near it.
 * @returns how to end it
 */
export const keepFocus = (): (() => void) => {
  let last: FocusPlace | undefined
  const onFocus = ({ target }: FocusEvent): void => {
    // What is closed gives the focus back by itself.
    const isOwn = target instanceof Element && target.closest('main') !== null
    last = isOwn ? focusPlaceOf(target) : undefined
  }
  const onBlur = ({ target }: FocusEvent): void =>
    queueMicrotask(() => {
      const isLeft = last?.element === target && last?.element.isConnected
      if (isLeft && document.activeElement !== target) last = undefined
    })
  const observer = new MutationObserver(() => {
    if (last && !last.element.isConnected && isFocusFree()) giveFocusBack(last)
  })
  document.addEventListener('focusin', onFocus)
  document.addEventListener('focusout', onBlur)
  observer.observe(document.body, { childList: true, subtree: true })
  return () => {
    document.removeEventListener('focusin', onFocus)
    document.removeEventListener('focusout', onBlur)
    observer.disconnect()
  }
}
