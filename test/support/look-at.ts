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

/** What axe finds fault with on a page as it is. */
export const listViolations = async (page: Page, what: string): Promise<string[]> => {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${what}: ${id}: ${html}\n${failureSummary}`),
  )
}

/** In light, dark and on a phone: makes a picture of each, and says what is not accessible or wider than the screen. */
export const lookAt = async (page: Page, name: string): Promise<string[]> => {
  const problems: string[] = []
  await mkdir(PICTURES, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`) })
    problems.push(...(await listViolations(page, `${name}, ${colorScheme}`)))
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(PHONE)
  await page.screenshot({ path: join(PICTURES, `${name}-phone.png`) })
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  problems.push(...(await listViolations(page, `${name}, phone`)))
  await page.setViewportSize(DESKTOP)
  if (overflow > 0) problems.push(`${name} is ${overflow} px wider than a phone`)
  return problems
}
