import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { findChromium, startChromium } from './chromium.ts'
import { press, typeInto } from './keyboard.ts'
import { lookAt, PICTURES } from './look-at.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from './platform.ts'
import { until } from './until.ts'

/** What journeys at the dashboard begin with: a platform, a browser for each person, and their steps one after another. */
export const ADA = 'ada@example.com'
export const BOB = 'bob@example.com'
export const PASSWORD = 'correct horse battery'
/** Would set `hacked` if anything took it for markup. */
export const HOSTILE = '<img src=x onerror="window.hacked=1">'
/** Builds what needs no building. */
export const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\necho building\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const LIMIT_MS = 60_000
const SETTINGS = { SLUICE_FILE_BUILDPACKS: '1', SLUICE_STOP_LIMIT_MS: '2000' }

export type DashboardJourney = {
  /** What comes after a step that failed is skipped: it would but wait in vain. */
  step: (name: string, work: (context: TestContext) => Promise<void>) => void
  /** Pictures of a page as it is, and what is wrong with it goes to the last step. */
  look: (name: string, page: Page) => Promise<void>
  /** The last step: nothing of all that was hostile, against the policy, too wide, or not accessible. */
  endsWell: () => void
}

/** @param begin is given the platform and a way to more browsers, before the first step */
export const dashboardJourney = (
  begin: (platform: TestPlatform, aPerson: () => Promise<Page>) => Promise<void>,
): DashboardJourney => {
  const chromium = findChromium()
  const skip = chromium === undefined && 'no Chromium on this machine (apt-get install chromium)'
  const pages: Page[] = []
  const complaints: string[] = []
  let platform: TestPlatform | undefined
  let browser: Browser | undefined
  let hasFailed = false

  before(async () => {
    if (chromium === undefined) return
    platform = await startPlatform(SETTINGS)
    browser = await startChromium(chromium)
    const inBrowser = browser
    await begin(platform, async () => {
      const page = await aPage(inBrowser, complaints)
      pages.push(page)
      return page
    })
  })
  after(async () => {
    await browser?.close()
    await platform?.stop()
  })

  const step: DashboardJourney['step'] = (name, work) =>
    void test(name, { skip }, async (context) => {
      if (hasFailed) return context.skip('an earlier step failed')
      hasFailed = true
      try {
        await work(context)
        hasFailed = false
      } finally {
        for (const complaint of complaints) context.diagnostic(complaint)
        if (hasFailed)
          for (const [index, page] of pages.entries())
            await page.screenshot({ path: join(PICTURES, `failed-${index + 1}.png`) })
      }
    })

  return {
    step,
    look: async (name, page) => {
      complaints.push(...(await lookAt(page, name)))
    },
    endsWell: () =>
      step(
        'nothing hostile was executed, nothing broke the policy, and all of it is accessible',
        async () => {
          for (const page of pages) assert.equal(await page.evaluate('window.hacked'), undefined)
          assert.deepEqual(complaints, [])
        },
      ),
  }
}

/** A browser of somebody's own; what it finds against the policy, or fails at, is put into `complaints`. */
export const aPage = async (browser: Browser, complaints: string[]): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  const page = await context.newPage()
  page.setDefaultTimeout(LIMIT_MS)
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:|hydrat/i.test(message.text()))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('response', (response) => {
    const { 'content-type': type = '', 'content-security-policy': policy = 'none' } =
      response.headers()
    if (!type.startsWith('text/html')) return
    const isStrict = policy.startsWith("default-src 'none'") && !policy.includes('unsafe')
    if (!isStrict || /script-src (?!'self';)/.test(policy))
      complaints.push(`${response.url()} came with the policy ${policy}`)
  })
  return page
}

/** At the link that the platform's first start has printed. */
export const setUpOperator = async (platform: TestPlatform, page: Page): Promise<void> => {
  const { stdout } = assertSucceeds(await platform.sluice('up', '--detach'))
  await page.goto(/http:\/\/localhost:\d+\/setup\/[0-9a-f]{64}/.exec(stdout)?.[0] ?? '')
  await page.getByLabel('Your e-mail address').fill(ADA)
  await page.getByLabel('A password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
}

/** Of somebody who has no account yet. */
export const acceptInvitation = async (page: Page, link: string): Promise<void> => {
  await page.goto(link)
  await typeInto(page.getByLabel('Choose a password'), PASSWORD, 'the new password')
  await press(page.getByRole('button', { name: 'Make my account and join' }))
  await page.getByRole('heading', { name: 'Home' }).waitFor()
}

/** What a form sends to the API as it is saved. */
export const sentBy = async (page: Page, save: () => Promise<void>): Promise<unknown> => {
  const sent = page.waitForRequest((request) => request.method() === 'PATCH')
  await save()
  return (await sent).postDataJSON()
}

/** On the sign-in page. */
export const signIn = async (page: Page, email: string): Promise<void> => {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** What one finds on a page by role and name: on the page given here where none is named. */
export const finders = (main: () => Page) => ({
  button: (name: string | RegExp, within: Page | Locator = main()): Locator =>
    within.getByRole('button', { name, exact: typeof name === 'string' }),
  region: (name: string, of: Page = main()): Locator =>
    of.getByRole('region', { name, exact: true }),
  heading: (name: string, of: Page = main()): Promise<void> =>
    of.getByRole('heading', { name, exact: true }).first().waitFor(),
  tab: (name: string, of: Page = main()): Promise<void> =>
    of.getByRole('navigation').getByRole('link', { name, exact: true }).click(),
  sheet: (of: Page = main()): Locator => of.getByRole('dialog'),
  /** Behind a sheet the page has no roles. */
  closed: (of: Page = main()): Promise<void> =>
    of.getByRole('dialog').waitFor({ state: 'detached' }),
})

/** Why something cannot be used, once it cannot. */
export const refusalOf = async (of: Locator): Promise<string> => {
  await of.waitFor()
  await until(() => of.isDisabled(), { limitMs: LIMIT_MS, what: 'its being disabled' })
  return (await of.getAttribute('title')) ?? ''
}

/** Until an app's page is this text, as visitors get it. */
export const untilServes = (platform: TestPlatform, app: string, text: string): Promise<unknown> =>
  until(async () => (await platform.request(app)).body === text, {
    limitMs: LIMIT_MS,
    everyMs: 200,
    what: `${app} serving ${text}`,
  })
