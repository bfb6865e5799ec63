import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { run } from '#/foundation/exec.ts'
import { codeAt, stepAt } from '#/platform/sign-in/totp.ts'
import { findChromium, startChromium } from '../support/chromium.ts'
import { parseExports } from '../support/exports.ts'
import { herokuCli } from '../support/heroku-cli.ts'
import { press, tabTo, typeInto, untilFocused } from '../support/keyboard.ts'
import { lookAt } from '../support/look-at.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { onATerminal } from '../support/terminal.ts'
import { until } from '../support/until.ts'

/** From the link that the first start prints to a command line that is logged in, as people do it: in a real browser and on a real terminal. */
const chromium = findChromium()
const skip = chromium === undefined && 'no Chromium on this machine (apt-get install chromium)'

const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery'

let platform: TestPlatform
let page: Page
let stopBrowser = async (): Promise<void> => {}
let env: Record<string, string>

before(async () => {
  if (chromium === undefined) return
  platform = await startPlatform()
  const browser = await startChromium(chromium)
  stopBrowser = () => browser.close()
  page = await browser.newPage()
  const { HEROKU_API_KEY: _operators, ...others } = parseExports(
    (await platform.sluice('env')).stdout,
  )
  env = {
    ...others,
    PATH: `${join(await herokuCli(), '..')}:${process.env['PATH'] ?? ''}`,
    HOME: platform.home,
    LANG: 'C.UTF-8',
    SLUICE_DATA_DIR: platform.dataDir,
  }
})
after(async () => {
  await stopBrowser()
  await platform?.stop()
})

/** A picture of it, and it is accessible, fits on a phone, and has the look that the dashboard has. */
const look = async (name: string): Promise<void> => assert.deepEqual(await lookAt(page, name), [])
const terminal = (command: string) => onATerminal(command, { cwd: platform.home, env })
const heroku = (...args: string[]) =>
  run('heroku', args, { cwd: platform.home, env, timeoutMs: 120_000 })
const netrc = (): Promise<string> => readFile(join(platform.home, '.netrc'), 'utf8')
const signIn = async (): Promise<void> => {
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test(
  '`sluice up` prints a link, at which the operator sets address and password, once',
  { skip },
  async () => {
    const up = assertSucceeds(await platform.sluice('up', '--detach')).stdout
    const link = /http:\/\/localhost:\d+\/setup\/[0-9a-f]{64}/.exec(up)?.[0]
    assert.ok(link, up)
    assert.equal((await stat(join(platform.dataDir, 'setup-link'))).mode & 0o777, 0o600)
    await page.goto(link)
    await look('set-up')
    await untilFocused(page.getByLabel('Your e-mail address'), 'the first field')
    await page.keyboard.press('Control+A')
    await page.keyboard.type(EMAIL)
    await tabTo(page.getByLabel('A password'))
    await page.keyboard.type(PASSWORD)
    await press(page.getByRole('button', { name: 'Set up' }))
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/dashboard')
    assert.equal(existsSync(join(platform.dataDir, 'setup-link')), false)
    assert.equal((await page.goto(link))?.status(), 404)
    await look('dead-link')
    assert.doesNotMatch((await platform.sluice('up', '--detach')).stdout, /setup/)
  },
)

test(
  'one signs out, and in again; no script and no other host gets at the cookie',
  { skip },
  async () => {
    await page.goto(`${env['HEROKU_HOST']}/settings`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    await look('sign-in')
    await page.goto(`${env['HEROKU_HOST']}/settings`)
    await typeInto(page.getByLabel('E-mail address'), EMAIL, 'the first field')
    const password = page.getByLabel('Password')
    await tabTo(password)
    await page.keyboard.type('not this one\n')
    await page.getByRole('alert').waitFor()
    await look('wrong-password')
    await untilFocused(password, 'the field that is wrong')
    assert.equal(await password.getAttribute('aria-invalid'), 'true')
    assert.equal(await password.getAttribute('aria-describedby'), 'problem')
    assert.equal(await page.getByLabel('E-mail address').inputValue(), EMAIL, 'it is kept')
    await page.keyboard.type(`${PASSWORD}\n`)
    await page.getByText('Two-factor authentication').first().waitFor()
    await look('password-settings')
    const [cookie, ...others] = await page.context().cookies()
    assert.deepEqual(others, [])
    assert.equal(cookie?.name, '__Host-sluice_session')
    assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, 'Lax'])
    const color = await page.evaluate(
      "getComputedStyle(document.querySelector('button:not(.quiet)')).backgroundColor",
    )
    assert.equal(color, 'rgb(15, 118, 110)', 'the stylesheet is let in')
  },
)

test(
  '`heroku login` waits for the browser, where one sees what asks and approves',
  { skip },
  async () => {
    const shell = terminal('heroku login')
    await shell.shows(/Press any key/)
    shell.type('y')
    await page.goto(await shell.shows(/http:\/\/localhost:\d+\/auth\/browser\/[0-9a-f]{64}/))
    await page.getByText('Heroku CLI login from').waitFor()
    await look('login-of-command-line')
    await press(page.getByRole('button', { name: 'Approve' }))
    await page.getByText('go back to your terminal').waitFor()
    await shell.shows(new RegExp(`Logged in as ${EMAIL}`))
    assert.equal(await shell.ended(), 0)
    assert.match(await netrc(), new RegExp(`machine localhost:${platform.port}\\s+login ${EMAIL}`))
    assert.match((await heroku('auth:whoami')).stdout, new RegExp(EMAIL))
    assert.equal((await platform.sluice('auth:whoami')).stdout, `${EMAIL}\n`)
  },
)

test(
  '`heroku sessions` lists the browser, `sessions:destroy` signs it out, and `sluice env` keeps out of the login’s way',
  { skip },
  async () => {
    const [, id = ''] = /Mozilla.*?([0-9a-f-]{36})/.exec((await heroku('sessions')).stdout) ?? []
    assertSucceeds(await heroku('sessions:destroy', id))
    await page.goto(`${env['HEROKU_HOST']}/settings`)
    await signIn()
    await page.getByText(EMAIL).first().waitFor()
    const exports = (await platform.sluice('env')).stdout
    assert.match(exports, /^unset HEROKU_API_KEY$/m)
    assert.doesNotMatch(exports, /export HEROKU_API_KEY/)
  },
)

test('`heroku logout` ends the login', { skip }, async () => {
  const token = /password (\S+)/.exec(await netrc())?.[1] ?? ''
  assertSucceeds(await heroku('logout'))
  assert.doesNotMatch(await netrc(), /machine localhost/)
  const answer = await fetch(`${env['HEROKU_HOST']}/account`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(answer.status, 401)
})

let seed: Buffer
let recoveryCode: string

test('two-factor authentication is enabled in the browser', { skip }, async () => {
  await page.goto(`${env['HEROKU_HOST']}/settings`)
  const form = page.locator('form[action="/settings/two-factor"]')
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button').click()
  const secret = await page.locator('dd code').first().innerText()
  seed = fromBase32(secret)
  await page.getByRole('img', { name: 'The secret as a QR code' }).waitFor()
  await look('two-factor-secret')
  await page.getByLabel('The code').fill(codeAt(seed, stepAt(Date.now()) - 1))
  await page.getByRole('button', { name: 'Enable' }).click()
  assert.equal(await page.locator('.codes code').count(), 10)
  recoveryCode = await page.locator('.codes code').first().innerText()
  await look('recovery-codes')
})

test('the look that is chosen on the dashboard is that of signing in too', { skip }, async () => {
  await page.goto(`${env['HEROKU_HOST']}/dashboard`)
  const background = (): Promise<string> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await background()
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Dark look' }).click()
  await until(async () => (await background()) !== light, { limitMs: 20_000 })
  const dark = await background()
  await page.goto(`${env['HEROKU_HOST']}/sign-in`)
  assert.equal(await background(), dark)
  await page.goto(`${env['HEROKU_HOST']}/dashboard`)
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  assert.equal(await background(), dark)
})

test('whoever has a second factor is asked for it, and led back', { skip }, async () => {
  await page.context().clearCookies()
  await page.goto(`${env['HEROKU_HOST']}/dashboard/teams`)
  await page.waitForURL(/\/sign-in\?/)
  await signIn()
  const code = page.getByLabel('Code of your authenticator app')
  await typeInto(code, '000000\n', 'the code’s field')
  await page.getByRole('alert').getByText('That code is wrong').waitFor()
  await look('sign-in-code')
  await typeInto(code, `${recoveryCode}\n`, 'the field that is wrong')
  await page.getByRole('heading', { name: 'Teams' }).waitFor()
})

test('`heroku login -i` asks for address, password and code', { skip }, async () => {
  const shell = terminal('heroku login -i')
  await shell.shows(/Email/)
  shell.type(`${EMAIL}\r`)
  await shell.shows(/Password/)
  shell.type(`${PASSWORD}\r`)
  await shell.shows(/Two-factor code/)
  shell.type(`${codeAt(seed, stepAt(Date.now()))}\r`)
  await shell.shows(new RegExp(`Logged in as ${EMAIL}`))
  assert.equal(await shell.ended(), 0)
  assert.doesNotMatch(shell.text(), new RegExp(PASSWORD))
  assert.match((await heroku('auth:2fa')).stdout, /enabled/)
  assertSucceeds(await heroku('logout'))
})

test(
  '`sluice login` and `sluice login -i` do the same, for both command lines',
  { skip },
  async () => {
    const byBrowser = terminal(`${join(import.meta.dirname, '../../bin/sluice')} login`)
    await page.goto(await byBrowser.shows(/http:\/\/localhost:\d+\/auth\/browser\/[0-9a-f]{64}/))
    await page.getByRole('button', { name: 'Approve' }).click()
    await byBrowser.shows(new RegExp(`Logged in as ${EMAIL}`))
    assert.equal(await byBrowser.ended(), 0)
    assert.match((await heroku('auth:whoami')).stdout, new RegExp(EMAIL))
    assertSucceeds(await platform.sluice('logout'))
    assert.doesNotMatch(await netrc(), /machine localhost/)

    const typed = terminal(`${join(import.meta.dirname, '../../bin/sluice')} login -i`)
    await typed.shows(/Email:/)
    typed.type(`${EMAIL}\r`)
    await typed.shows(/Password:/)
    typed.type(`${PASSWORD}\r`)
    await typed.shows(/Two-factor code:/)
    typed.type(`${codeAt(seed, stepAt(Date.now()) + 1)}\r`)
    await typed.shows(new RegExp(`Logged in as ${EMAIL}`))
    assert.equal(await typed.ended(), 0)
    assert.doesNotMatch(typed.text(), new RegExp(PASSWORD))
    assert.match((await heroku('auth:whoami')).stdout, new RegExp(EMAIL))
  },
)

const fromBase32 = (text: string): Buffer => {
  const bits = Array.from(text)
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
    .map((five) => five.toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
