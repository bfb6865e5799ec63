import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url))
const DESKTOP = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

/** Where pictures of pages go, for people to look at. */
export const PICTURES = join(tmpdir(), 'sluice-dashboard-pictures')

type Violation = { id: string; nodes: { html: string; failureSummary: string }[] }

const assertAccessible = async (page: Page, what: string): Promise<void> => {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  )
  assert.deepEqual(told, [], what)
}

/** In light, dark and on a phone: a picture of each, no violation of accessibility, nothing wider than the screen. */
export const lookAt = async (page: Page, name: string): Promise<void> => {
  await mkdir(PICTURES, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`) })
    await assertAccessible(page, `${name}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(PHONE)
  await page.screenshot({ path: join(PICTURES, `${name}-phone.png`) })
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  await assertAccessible(page, `${name}, phone`)
  await page.setViewportSize(DESKTOP)
  assert.ok(overflow <= 0, `${name} is ${overflow} px wider than a phone`)
}
