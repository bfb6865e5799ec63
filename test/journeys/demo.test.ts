import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { callerEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { findChromium, startChromium } from '../support/chromium.ts'
import { ADA, aPage, finders, PASSWORD } from '../support/dashboard.ts'
import { lookAt } from '../support/look-at.ts'
import { until } from '../support/until.ts'

/** A newcomer: types `script/demo`, and does all that comes after the first push in a browser, without a terminal. */
const chromium = findChromium()
const skip = chromium === undefined && 'no Chromium on this machine (apt-get install chromium)'
const DEMO = fileURLToPath(new URL('../../script/demo.ts', import.meta.url))
const DEMO_LIMIT_MS = 300_000
const STAGING = 'guestbook-staging'
const PRODUCTION = 'guestbook-production'

let home: string
let demo: ChildProcess
let printed = ''
let page: Page
let stopBrowser = async (): Promise<void> => {}
const complaints: string[] = []
const { button, heading, region, sheet, tab } = finders(() => page)

before(async () => {
  if (chromium === undefined) return
  home = await mkdtemp(join(tmpdir(), 'sluice-newcomer-'))
  demo = start(process.execPath, [DEMO, '--data-dir', join(home, 'platform')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...callerEnvironment(), HOME: home },
  })
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on('data', (text: Buffer) => (printed += text.toString()))
  const browser = await startChromium(chromium)
  stopBrowser = () => browser.close()
  page = await aPage(browser, complaints)
})
after(async () => {
  await stopBrowser()
  if (!demo) return
  demo.kill('SIGINT')
  await ended(demo)
  await rm(home, { recursive: true, force: true })
})

/** Pictures for docs/dashboard.md, and what is wrong with the page. */
const look = async (name: string): Promise<void> => {
  complaints.push(...(await lookAt(page, `newcomer-${name}`)))
}
/** What the link in the page opens, as a visitor sees it, until it shows the text. */
const untilOpened = async (name: string, text: string): Promise<void> => {
  const coming = page.context().waitForEvent('page')
  await page.getByRole('link', { name, exact: true }).click()
  const opened = await coming
  await until(
    async () => {
      await opened.reload()
      return (await opened.textContent('body'))?.includes(text)
    },
    { limitMs: 60_000, everyMs: 500, what: `${opened.url()} showing ${text}` },
  )
  await opened.close()
}

test('it says where the dashboard is, and where to set a password', { skip }, async () => {
  await until(() => /It stays up until Ctrl-C/.test(printed) || demo.exitCode !== null, {
    limitMs: DEMO_LIMIT_MS,
    everyMs: 200,
    what: `script/demo, which has printed ${printed}`,
  })
  assert.match(printed, /dashboard {4}http:\/\/localhost:\d+\/dashboard\/pipelines\/guestbook/)
  const links = printed.match(/http:\/\/localhost:\d+\/setup\/[0-9a-f]{64}/g) ?? []
  await page.goto(links.at(-1) ?? '')
  await page.getByLabel('Your e-mail address').fill(ADA)
  await page.getByLabel('A password').fill(PASSWORD)
  await button('Set up').click()
  await heading('Home')
  await page.getByText('1 dyno up').nth(1).waitFor()
  await look('home')
})

test('what waits on staging is promoted, and production shows it', { skip }, async () => {
  await page.getByRole('link', { name: 'guestbook', exact: true }).click()
  const card = page.getByRole('article', { name: STAGING })
  await card.getByText('1 commit ahead of production').waitFor()
  await look('board')
  await button('Promote to production…', card).click()
  await sheet().getByText('1 commit to come').waitFor()
  await sheet().getByText('Version 3').waitFor()
  await look('plan')
  await button('Promote', sheet()).click()
  await sheet().getByText('Every router has followed').waitFor()
  await look('promoted')
  await untilOpened(`Open ${PRODUCTION}`, 'version 3')
  await button('Done', sheet()).click()
  await page.getByText('The same slug as in production').waitFor()
})

test('production is rolled back, scaled and configured', { skip }, async () => {
  await page.getByRole('link', { name: PRODUCTION, exact: true }).click()
  await tab('Releases')
  await button(/^Roll back to v/)
    .first()
    .click()
  await button('Roll back', sheet()).click()
  await page.getByText('Every router has followed').waitFor()
  await look('release')
  await untilOpened('Open app', 'version 2')
  await tab('Resources')
  await button('One web more').click()
  await page.getByText('2 dynos up').waitFor()
  await look('resources')
  await tab('Settings')
  await button('Reveal GUESTBOOK_STAGE').waitFor()
  await button('Add config var').click()
  await sheet().getByLabel('Name').fill('GREETING')
  await sheet().getByLabel('Value').fill('hello')
  await button('Save', sheet()).click()
  await button('Reveal GREETING').waitFor()
})

test('its log is read, and a shell runs in it', { skip }, async () => {
  await tab('Logs')
  await page.getByRole('log').getByText('heroku[router]').first().waitFor()
  await look('logs')
  await tab('Run')
  await button('Run', region('Run')).click()
  await page.locator('.xterm-rows').getByText(/\$/).first().waitFor()
  await page.keyboard.type('echo "$GREETING, $((40 + 2))"; exit 3\n')
  await page.locator('.xterm-rows').getByText('hello, 42').first().waitFor()
  await look('shell')
  await page.getByText('Ended with exit code 3.').waitFor()
  assert.deepEqual(complaints, [])
})
