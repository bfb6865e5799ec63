import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { run } from '#/foundation/exec.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { findChromium, startChromium } from '../support/chromium.ts'
import { parseExports } from '../support/exports.ts'
import { herokuCli } from '../support/heroku-cli.ts'
import { press } from '../support/keyboard.ts'
import { lookAt } from '../support/look-at.ts'
import { OPEN_ID_CLIENT, startOpenIdProvider } from '../support/open-id-provider.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { onATerminal } from '../support/terminal.ts'

/** A platform where only an OpenID provider signs people in, in a real browser, up to a command line that is logged in. */
const chromium = findChromium()
const skip = chromium === undefined && 'no Chromium on this machine (apt-get install chromium)'

const EMAIL = 'ada@example.com'

let platform: TestPlatform
let page: Page
let env: Record<string, string>
const stops: (() => Promise<void>)[] = []

before(async () => {
  if (chromium === undefined) return
  const providerPort = aFreePort()
  platform = await startPlatform({
    SLUICE_OPENID_ISSUER: `http://127.0.0.1:${providerPort}`,
    SLUICE_OPENID_CLIENT_ID: OPEN_ID_CLIENT.clientId,
    SLUICE_OPENID_CLIENT_SECRET: OPEN_ID_CLIENT.clientSecret,
    SLUICE_OPENID_NAME: 'Example',
    SLUICE_OPENID_ONLY: 'yes',
  })
  stops.unshift(() => platform.stop())
  const callback = `http://localhost:${platform.port}/sign-in/openid/callback`
  stops.unshift((await startOpenIdProvider(callback, providerPort)).stop)
  const browser = await startChromium(chromium)
  stops.unshift(() => browser.close())
  page = await browser.newPage()
  const exported = parseExports((await platform.sluice('env')).stdout)
  const { HEROKU_API_KEY: _operators, ...others } = exported
  env = {
    ...others,
    PATH: `${join(await herokuCli(), '..')}:${process.env['PATH'] ?? ''}`,
    HOME: platform.home,
    LANG: 'C.UTF-8',
  }
})
after(async () => {
  for (const stop of stops) await stop()
})

const at = (path: string): string => `http://localhost:${platform.port}${path}`
const signInWithExample = async (email: string): Promise<void> => {
  await press(page.getByRole('link', { name: 'Sign in with Example' }))
  await page.getByLabel('Who are you?').fill(email)
  await page.getByRole('button', { name: 'Go on' }).click()
}

test(
  'the operator sets an address, and then the provider signs in at the dashboard',
  { skip },
  async () => {
    const up = assertSucceeds(await platform.sluice('up', '--detach')).stdout
    await page.goto(/http:\/\/localhost:\d+\/setup\/[0-9a-f]{64}/.exec(up)?.[0] ?? '')
    await page.getByLabel('Your e-mail address').fill(EMAIL)
    await page.getByLabel('A password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByText('No apps yet').waitFor()
    await page.goto('about:blank') // else the page itself leaves for the sign-in page
    await page.context().clearCookies()

    await page.goto(at('/dashboard/new/pipeline'))
    await page.waitForURL(/\/sign-in\?/)
    assert.equal(await page.locator('input[type=password]').count(), 0)
    assert.deepEqual(await lookAt(page, 'single-sign-on'), [])
    await signInWithExample(EMAIL)
    await page.getByRole('heading', { name: 'Create new pipeline' }).waitFor()
    assert.equal(page.url(), at('/dashboard/new/pipeline'))
    await page.goto(at('/settings'))
    await page.getByText(EMAIL).first().waitFor()
  },
)

test(
  'somebody whom the provider knows and the platform does not is not let in',
  { skip },
  async () => {
    await page.context().clearCookies()
    await page.goto(at('/sign-in'))
    await signInWithExample('eve@example.com')
    await page
      .getByText('There is no account here for the address that Example vouches for')
      .waitFor()
    await page.goto(at('/settings'))
    assert.match(page.url(), /\/sign-in\?/)
  },
)

test('`heroku login` goes through the provider, and `login -i` is told to', { skip }, async () => {
  await page.context().clearCookies()
  const shell = onATerminal('heroku login', { cwd: platform.home, env })
  await shell.shows(/Press any key/)
  shell.type('y')
  await page.goto(await shell.shows(/http:\/\/localhost:\d+\/auth\/browser\/[0-9a-f]{64}/))
  await signInWithExample(EMAIL)
  await page.getByText('Heroku CLI login from').waitFor()
  await press(page.getByRole('button', { name: 'Approve' }))
  await shell.shows(new RegExp(`Logged in as ${EMAIL}`))
  assert.equal(await shell.ended(), 0)
  const whoami = await run('heroku', ['auth:whoami'], { cwd: platform.home, env })
  assert.match(whoami.stdout, new RegExp(EMAIL))

  const typed = onATerminal('heroku login -i', { cwd: platform.home, env })
  await typed.shows(/Email/)
  typed.type(`${EMAIL}\r`)
  await typed.shows(/Password/)
  typed.type('correct horse battery\r')
  await typed.shows(/everybody signs in with Example/)
  assert.notEqual(await typed.ended(), 0)
})
