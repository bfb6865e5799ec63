import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { until } from './until.ts'

/** A page as those use it who have no mouse: by Tab and Enter, and always seeing where one is. */
const LIMIT_MS = 20_000
const MOST_STOPS = 90

export const hasFocus = (of: Locator): Promise<boolean> =>
  of
    .first()
    .evaluate((element) => element.matches(':focus'))
    .catch(() => false)

export const untilFocused = (of: Locator, what: string): Promise<unknown> =>
  until(() => hasFocus(of), { limitMs: LIMIT_MS, what: `${what} having the focus` })

/** Of what has the focus: whether one sees that it has it, and whether nothing is over it. */
const SEEN = `(() => {
  const { activeElement: focused } = document
  const { outlineStyle } = getComputedStyle(focused)
  const { top, bottom, left, right } = focused.getBoundingClientRect()
  const [x, y] = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2]
  const above = document.elementFromPoint(x, y)
  return outlineStyle !== 'none' && above !== null && (focused.contains(above) || above.contains(focused))
})()`

/** By Tab alone, as often as it takes. */
export const tabTo = async (target: Locator, key = 'Tab'): Promise<void> => {
  const on = target.page()
  await target.first().waitFor()
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await on.keyboard.press(key)
    const isSeen = await on.evaluate<boolean>(SEEN)
    if (await hasFocus(target)) {
      assert.ok(isSeen, `one does not see that ${String(target)} has the focus`)
      return
    }
  }
  assert.fail(`${String(target)} is not reached by ${key}`)
}

export const press = async (target: Locator): Promise<void> => {
  await tabTo(target)
  await target.page().keyboard.press('Enter')
}

/** Into a field that has the focus, or will have it by itself. */
export const typeInto = async (field: Locator, text: string, what: string): Promise<void> => {
  await untilFocused(field, what)
  await field.page().keyboard.type(text)
}
