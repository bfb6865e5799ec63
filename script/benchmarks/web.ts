import type { Page } from 'playwright-core'
import { findChromium, startChromium } from '../../test/support/chromium.ts'
import { lookAt } from '../../test/support/look-at.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'

/** What the dashboard costs whoever opens it: bytes, time, shifts of its layout; and whether axe finds fault. */
const RUNS = 5
const JAVASCRIPT_KB = 200
const INTERACTIVE_MS = 1_000

/** Notes when the page has what it is for, and how far it has moved till then. */
const WATCH = `
window.shifted = 0
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.shifted += value
}).observe({ type: 'layout-shift', buffered: true })
new MutationObserver(() => {
  if (window.usableAt === undefined && document.querySelector('main h1') && !document.querySelector('main [role=status]'))
    window.usableAt = performance.now()
}).observe(document, { childList: true, subtree: true })`

type Load = { bytes: number; usableAt: number; shifted: number }

export const benchWeb = async (): Promise<void> => {
  const chromium = findChromium()
  if (chromium === undefined) {
    console.log('no Chromium on this machine (apt-get install chromium): left out')
    return
  }
  const platform = await startPlatform()
  const browser = await startChromium(chromium)
  try {
    const page = await browser.newPage()
    await setUp(platform, page)
    const state = await page.context().storageState()
    const loads: Load[] = []
    for (let run = 0; run < RUNS; run++) {
      const context = await browser.newContext({ storageState: state })
      await context.addInitScript(WATCH)
      loads.push(await load(platform, await context.newPage()))
      await context.close()
    }
    print(loads, await lookAt(page, 'bench-home'))
  } finally {
    await browser.close()
    await platform.stop()
  }
}

const setUp = async (platform: TestPlatform, page: Page): Promise<void> => {
  const up = assertSucceeds(await platform.sluice('up', '--detach')).stdout
  await page.goto(/http:\/\/localhost:\d+\/setup\/[0-9a-f]{64}/.exec(up)?.[0] ?? '')
  await page.getByLabel('Your e-mail address').fill('ada@example.com')
  await page.getByLabel('A password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByText('No apps yet').waitFor()
}

const load = async ({ port }: TestPlatform, page: Page): Promise<Load> => {
  await page.goto(`http://localhost:${port}/dashboard`)
  await page.getByText('No apps yet').waitFor()
  return page.evaluate<Load>(`({
    bytes: performance.getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    usableAt: window.usableAt,
    shifted: window.shifted,
  })`)
}

const print = (loads: Load[], violations: string[]): void => {
  const kb = Math.max(...loads.map(({ bytes }) => bytes)) / 1000
  const usableAt = medianOf(loads.map((one) => one.usableAt))
  const shifted = Math.max(...loads.map((one) => one.shifted))
  console.log(`JavaScript of the first load: ${kb.toFixed(0)} KB (goal: ${JAVASCRIPT_KB} KB)`)
  console.log(`interactive: median ${usableAt.toFixed(0)} ms (goal: ${INTERACTIVE_MS} ms)`)
  console.log(`layout shift: ${shifted.toFixed(3)} (goal: 0)`)
  console.log(`axe: ${violations.length} violations (goal: 0)`)
  for (const violation of violations) console.log(violation)
  if (kb > JAVASCRIPT_KB || violations.length > 0) process.exitCode = 1
}
