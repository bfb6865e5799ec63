import type { Page } from 'playwright-core'

const WATCH = `(() => {
  window.longestFrame = 0
  let last = performance.now()
  const frame = (now) => {
    window.longestFrame = Math.max(window.longestFrame, now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})()`

/** Measures from now on how long it takes from one frame to the next, by the clock that frames are given. */
export const watchFrames = (page: Page): Promise<unknown> => page.evaluate(WATCH)

/** The longest since then, in milliseconds. */
export const longestFrame = (page: Page): Promise<number> =>
  page.evaluate<number>('window.longestFrame')
