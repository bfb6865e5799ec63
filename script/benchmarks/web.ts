import type { Browser, Page } from 'playwright-core'
import { findChromium, startChromium } from '../../test/support/chromium.ts'
import { BUILDPACK, setUpOperator } from '../../test/support/dashboard.ts'
import { lookAt } from '../../test/support/look-at.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'
import { FLOODING_SERVER, floodLogView, LINES_A_SECOND, SECONDS } from './web-log-view.ts'

/** What the dashboard costs whoever opens it: bytes, time, shifts of its layout, long frames; and whether axe finds fault. */
const RUNS = 5
const JAVASCRIPT_KB = 200
const INTERACTIVE_MS = 1_000
const FRAME_MS = 100
/** Of the cumulative layout shift: the goal is none, and less than this nobody sees. */
const MOST_SHIFT = 0.001
const APP = 'shop-staging'

/** Each by its address, and something that is there once all is. */
const PAGES: [string, RegExp][] = [
  ['', /dyno up/],
  ['/pipelines/shop', /ahead of production|The same slug|Differs|No apps/],
  ['/pipelines/shop/promotions', /Nothing has been promoted yet/],
  ['/pipelines/shop/stages', /production/],
  ['/pipelines/shop/stages/production', /Marks on config vars/],
  ['/pipelines/shop/access', /Auto-join/],
  ['/pipelines/shop/settings', /Danger zone/],
  [`/apps/${APP}`, /web\.1/],
  [`/apps/${APP}/releases`, /Current/],
  [`/apps/${APP}/builds`, /Succeeded/],
  [`/apps/${APP}/deploy`, /git push/],
  [`/apps/${APP}/resources`, /web/],
  [`/apps/${APP}/access`, /Who has access/],
  [`/apps/${APP}/settings`, /Danger zone/],
  ['/teams', /No teams yet/],
  ['/account', /Where you are signed in/],
]

/** Notes when the page has what it is for, and how far it has moved till then. */
const WATCH = `
window.shifted = 0
window.moved = []
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    window.shifted += value
    window.moved.push(...sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? 'a text'))
  }
}).observe({ type: 'layout-shift', buffered: true })
new MutationObserver(() => {
  if (window.usableAt === undefined && document.querySelector('main h1') && !document.querySelector('main [role=status]'))
    window.usableAt = performance.now()
}).observe(document, { childList: true, subtree: true })`

type Load = { bytes: number; usableAt: number; shifted: number; moved: string[] }
type Shift = Pick<Load, 'shifted' | 'moved'> & { path: string }

export const benchWeb = async (): Promise<void> => {
  const chromium = findChromium()
  if (chromium === undefined) {
    console.log('no Chromium on this machine (apt-get install chromium): left out')
    return
  }
  const platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  const browser = await startChromium(chromium)
  try {
    const page = await browser.newPage()
    await setUpOperator(platform, page)
    await pushApp(platform)
    const open = await openerFor(platform, browser, page)
    const loads: Load[] = []
    for (let run = 0; run < RUNS; run++) loads.push(await open('', /dyno up/, 'cold'))
    printLoads(loads)
    const shifts: Shift[] = []
    const violations: string[] = []
    for (const [path, whenThere] of PAGES) {
      shifts.push({ path, ...(await open(path, whenThere, 'with what it has kept')) })
      violations.push(...(await lookAt(page, `bench${path.replaceAll('/', '-')}`)))
    }
    printPages(shifts, violations)
    await page.goto(urlOf(platform, `/apps/${APP}/logs`))
    printLogView(await floodLogView(page, () => platform.request(APP, '/flood')))
  } finally {
    await browser.close()
    await platform.stop()
  }
}

const urlOf = ({ port }: TestPlatform, path: string): string =>
  `http://localhost:${port}/dashboard${path}`

const pushApp = async (platform: TestPlatform): Promise<void> => {
  const sluice = async (...args: string[]): Promise<unknown> =>
    assertSucceeds(await platform.sluice(...args))
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  for (const app of [APP, 'shop']) await sluice('apps:create', app, '--no-remote')
  await sluice('pipelines:create', 'shop', '-a', APP, '-s', 'staging')
  await sluice('pipelines:add', 'shop', '-a', 'shop', '-s', 'production')
  await sluice('buildpacks:set', `file://${buildpack}`, '-a', APP)
  const files = { Procfile: 'web: exec python3 server.py\n', 'server.py': FLOODING_SERVER }
  const source = await platform.aRepository('shop', { files })
  await platform.git(
    source,
    ...['remote', 'add', 'sluice', `https://localhost:${platform.port}/${APP}.git`],
  )
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
}

type Open = (
  path: string,
  whenThere: RegExp,
  how: 'cold' | 'with what it has kept',
) => Promise<Load>

/** Cold is in a browser of its own that has kept nothing but the session. */
const openerFor = async (platform: TestPlatform, browser: Browser, page: Page): Promise<Open> => {
  const state = await page.context().storageState()
  await page.addInitScript(WATCH)
  return async (path, whenThere, how) => {
    if (how !== 'cold') return load(page, urlOf(platform, path), whenThere)
    const context = await browser.newContext({ storageState: state })
    await context.addInitScript(WATCH)
    try {
      return await load(await context.newPage(), urlOf(platform, path), whenThere)
    } finally {
      await context.close()
    }
  }
}

const load = async (page: Page, url: string, whenThere: RegExp): Promise<Load> => {
  await page.goto(url)
  await page.getByRole('main').getByText(whenThere).first().waitFor()
  return page.evaluate<Load>(`({
    bytes: performance.getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    usableAt: window.usableAt,
    shifted: window.shifted,
    moved: window.moved,
  })`)
}

/** Prints a figure beside its goal, and has the whole fail where it is missed. */
const hold = (what: string, shown: string, isHeld: boolean): void => {
  console.log(`${what}: ${shown}${isHeld ? '' : ' MISSED'}`)
  if (!isHeld) process.exitCode = 1
}

const printLoads = (loads: Load[]): void => {
  const kb = Math.max(...loads.map(({ bytes }) => bytes)) / 1000
  const usableAt = medianOf(loads.map((one) => one.usableAt))
  hold(
    'JavaScript of the first load',
    `${kb.toFixed(0)} KB (goal: ${JAVASCRIPT_KB} KB)`,
    kb <= JAVASCRIPT_KB,
  )
  hold(
    'interactive',
    `median ${usableAt.toFixed(0)} ms (goal: ${INTERACTIVE_MS} ms)`,
    usableAt <= INTERACTIVE_MS,
  )
}

const printPages = (shifts: Shift[], violations: string[]): void => {
  const shifted = shifts.filter((one) => one.shifted > 0)
  const most = Math.max(...shifts.map((one) => one.shifted))
  hold(
    'layout shift',
    `on ${shifted.length} of ${shifts.length} pages, ${most.toFixed(4)} at most (goal: 0, fails above ${MOST_SHIFT})`,
    most <= MOST_SHIFT,
  )
  for (const { path, shifted: by, moved } of shifted)
    console.log([`  ${path || '/'}: ${by.toFixed(4)}`, ...moved].join('\n    '))
  hold('axe', `${violations.length} violations (goal: 0)`, violations.length === 0)
  for (const violation of violations) console.log(violation)
}

const printLogView = ({ longestMs, tookMs }: { longestMs: number; tookMs: number }): void => {
  console.log(
    `${LINES_A_SECOND * SECONDS} lines in ${SECONDS} s: the last was seen after ${(tookMs / 1000).toFixed(1)} s`,
  )
  hold(
    'longest frame meanwhile',
    `${longestMs.toFixed(0)} ms (goal: ${FRAME_MS} ms)`,
    longestMs <= FRAME_MS,
  )
}
