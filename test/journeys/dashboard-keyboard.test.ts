import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import {
  acceptInvitation,
  BOB,
  BUILDPACK,
  dashboardJourney,
  finders,
  setUpOperator,
  untilServes,
} from '../support/dashboard.ts'
import { hasFocus, press, tabTo, untilFocused } from '../support/keyboard.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** What people do at the dashboard, done without a mouse: by Tab, arrows, Enter and Escape, and always seeing where one is. */
const LIMIT_MS = 20_000
const SERVER = String.raw`import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print('asked for', self.path, flush=True)
        self.send_response(200); self.end_headers()
        self.wfile.write(open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

let platform: TestPlatform
let source: string
let page: Page
let bobs: Page
const { step, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  await platform.aRepository('buildpack', { files: BUILDPACK })
  source = await platform.aRepository('shop', {
    files: { Procfile: 'web: exec python3 server.py\n', 'server.py': SERVER, page: 'first' },
  })
  page = await aPerson()
  bobs = await aPerson()
})
const { button, region, sheet, closed } = finders(() => page)
const at = (path: string): string => `http://localhost:${platform.port}/dashboard${path}`

/** From a menu that is open. */
const choose = async (name: string): Promise<void> => {
  const item = page.getByRole('menuitem', { name, exact: true })
  for (let presses = 0; presses < 12 && !(await hasFocus(item)); presses++)
    await page.keyboard.press('ArrowDown')
  await untilFocused(item, name)
  await page.keyboard.press('Enter')
}
const push = async (text: string): Promise<void> => {
  await writeFile(`${source}/page`, text)
  await platform.commit(source, text)
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
}

step('an app and a pipeline are made, and the app is added to a stage', async () => {
  await setUpOperator(platform, page)
  await press(button('New'))
  await choose('Create new app')
  const name = page.getByLabel('Name')
  await untilFocused(name, 'the name')
  await page.keyboard.type('shop-staging')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'shop-staging' }).waitFor()

  await press(button('New'))
  await choose('Create new pipeline')
  await untilFocused(name, 'the name')
  await page.keyboard.type('shop')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'shop', exact: true }).waitFor()

  const add = button('Add app to Staging')
  await press(add)
  await tabTo(sheet().getByLabel('App'))
  await page.keyboard.type('shop-st')
  await press(button('Add app', sheet()))
  await closed()
  await region('Staging').getByRole('article', { name: 'shop-staging' }).waitFor()
  await untilFocused(add, 'what has opened the sheet')
})

step('an app is moved to another stage, and back, and the focus goes with it', async () => {
  const menu = button('What to do with shop-staging')
  for (const [to, stage] of [
    ['production', 'Production'],
    ['staging', 'Staging'],
  ] as const) {
    if (!(await hasFocus(menu))) await tabTo(menu)
    await page.keyboard.press('Enter')
    await choose(`Move to ${to}`)
    await region(stage).getByRole('article', { name: 'shop-staging' }).waitFor()
    await untilFocused(menu, 'the menu of the card')
  }
})

step('a slug is promoted, and rolled back', async () => {
  const buildpack = `file://${platform.home}/buildpack`
  assertSucceeds(await platform.sluice('apps:create', 'shop', '--no-remote'))
  assertSucceeds(await platform.sluice('pipelines:add', 'shop', '-a', 'shop', '-s', 'production'))
  assertSucceeds(await platform.sluice('buildpacks:set', buildpack, '-a', 'shop-staging'))
  const remote = `https://localhost:${platform.port}/shop-staging.git`
  await platform.git(source, 'remote', 'add', 'sluice', remote)
  for (const text of ['second', 'third']) {
    await push(text)
    await page.goto(at('/pipelines/shop'))
    const promote = button('Promote to production…')
    await press(promote)
    await sheet()
      .getByText('Release phase')
      .or(sheet().getByText('It runs no code yet'))
      .first()
      .waitFor()
    await press(button('Promote', sheet()))
    await sheet().getByRole('link', { name: 'Open shop' }).waitFor()
    await untilServes(platform, 'shop', text)
    await press(button('Done', sheet()))
    await closed()
  }
  await page.goto(at('/apps/shop/releases'))
  await press(button(/Roll back to v/).first())
  await sheet().getByText('A new release gets the code').waitFor()
  await page.keyboard.press('Escape')
  await closed()
  await untilFocused(button(/Roll back to v/).first(), 'what has opened the sheet')
  await page.keyboard.press('Enter')
  await press(button('Roll back', sheet()))
  await page.getByText('Every router has followed').waitFor()
  await untilServes(platform, 'shop', 'second')
})

step('two releases are compared', async () => {
  await page.goto(at('/apps/shop/releases'))
  await press(page.getByRole('link', { name: 'Compare two' }))
  await tabTo(page.getByLabel('From'))
  await page.keyboard.type('v2')
  await page.getByRole('region', { name: 'Code' }).getByText('v2').waitFor()
  await untilFocused(page.getByLabel('From'), 'the choice')
})

step('dynos are scaled by + and −, without losing one’s place', async () => {
  await page.goto(at('/apps/shop/resources'))
  const quantity = page.getByLabel('Dynos of web')
  const isNow = (text: string): Promise<unknown> =>
    until(async () => (await quantity.textContent()) === text, { limitMs: LIMIT_MS, what: text })
  /** As long as one change is on its way, there is no other. */
  const untilIdle = (): Promise<unknown> =>
    until(async () => (await button('One web more').getAttribute('aria-busy')) === null, {
      limitMs: LIMIT_MS,
      what: 'the change being made',
    })
  await press(button('One web more'))
  await isNow('2')
  await untilFocused(button('One web more'), 'the button')
  await untilIdle()
  await page.keyboard.press('Enter')
  await isNow('3')
  await untilIdle()
  await tabTo(button('One web less'), 'Shift+Tab')
  await page.keyboard.press('Space')
  await isNow('2')
  await untilFocused(button('One web less'), 'the button')
})

step('config vars are added, changed and deleted; the focus stays near what is gone', async () => {
  await page.goto(at('/apps/shop/settings'))
  const add = button('Add config var')
  const vars = region('Config vars')
  for (const name of ['FLOUR', 'SALT', 'YEAST']) {
    if (!(await hasFocus(add))) await tabTo(add)
    await page.keyboard.press('Enter')
    await untilFocused(sheet().getByLabel('Name'), 'the name')
    await page.keyboard.type(name)
    await tabTo(sheet().getByLabel('Value'))
    await page.keyboard.type('some')
    await press(button('Save', sheet()))
    await closed()
    await vars.getByText(name, { exact: true }).waitFor()
    await untilFocused(add, 'what has opened the sheet')
  }
  await press(button('Edit SALT'))
  await tabTo(sheet().getByLabel('Value'))
  await page.keyboard.press('Control+a')
  await page.keyboard.type('much')
  await press(button('Save', sheet()))
  await closed()
  await untilFocused(button('Edit SALT'), 'what has opened the sheet')
  await press(button('Reveal SALT'))
  await vars.getByText('much').waitFor()

  const remove = async (name: string): Promise<void> => {
    await press(button(`Delete ${name}`))
    await press(button('Delete', sheet()))
    await closed()
    await vars.getByText(name, { exact: true }).waitFor({ state: 'detached' })
  }
  await remove('SALT')
  await untilFocused(vars.getByRole('listitem').filter({ hasText: 'YEAST' }), 'the next row')
  await remove('YEAST')
  await untilFocused(vars.getByRole('listitem').filter({ hasText: 'FLOUR' }), 'the row before')
  await remove('FLOUR')
  await untilFocused(vars, 'the section')
})

step('the log is filtered, paused and followed', async () => {
  await page.goto(at('/apps/shop/logs'))
  await platform.request('shop', '/oven')
  const log = page.getByRole('log')
  await log.getByText('asked for /oven').waitFor()
  await tabTo(page.getByLabel('Text'))
  await page.keyboard.type('oven')
  await log.getByText('asked for /oven').first().waitFor()
  await press(button('Pause'))
  await platform.request('shop', '/oven')
  await untilFocused(button(/Follow/), 'the same button')
  await page.keyboard.press('Enter')
  await button('Pause').waitFor()
})

step('the terminal is entered and left', async () => {
  await page.goto(at('/apps/shop/run'))
  await page.getByText('Shift+Tab leaves the terminal').waitFor()
  await press(button('Run'))
  const terminal = page.getByRole('textbox', { name: 'Terminal input' })
  await untilFocused(terminal, 'the terminal') // nobody waits for its dyno
  await page.keyboard.type('echo $((40 + 2))\n')
  await page.locator('.xterm-rows').getByText('42').first().waitFor()
  await page.keyboard.press('Tab')
  assert.ok(await hasFocus(terminal), 'Tab is the shell’s')
  await tabTo(button('End'), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByText('It was ended here').waitFor()
  await untilFocused(button('Run again'), 'the same button')
})

step('whoever may not do something finds the button, and why', async () => {
  assertSucceeds(await platform.sluice('teams:create', 'bakers'))
  await page.goto(at('/teams/bakers'))
  await press(button('Invite'))
  await tabTo(sheet().getByLabel('E-mail address'))
  await page.keyboard.type(BOB)
  await tabTo(sheet().getByLabel('Role'))
  await page.keyboard.type('view')
  await press(button('Invite', sheet()))
  const link = await sheet().getByLabel(`Link for ${BOB}`).inputValue()
  await press(button('Done', sheet()))
  await closed()
  await untilFocused(button('Invite'), 'what has opened the sheet')
  await acceptInvitation(bobs, link)
  await bobs.goto(at('/teams/bakers'))
  const invite = button('Invite', bobs)
  await until(() => invite.isDisabled(), { limitMs: LIMIT_MS, what: 'its being disabled' })
  await tabTo(invite)
  await bobs
    .getByText(/^Your role \(viewer\)/)
    .first()
    .waitFor()
  await bobs.keyboard.press('Enter')
  assert.equal(await sheet(bobs).count(), 0)
  const role = page.getByLabel(`Role of ${BOB}`)
  await tabTo(role)
  await page.keyboard.type('mem')
  await until(async () => (await role.inputValue()) === 'member', { limitMs: LIMIT_MS })
  await untilFocused(role, 'the role')
})

step('what is deleted leaves one at the page that comes instead', async () => {
  await page.goto(at('/apps/shop/settings'))
  await press(button('Delete app…'))
  await tabTo(sheet().getByLabel('Type shop to confirm'))
  await page.keyboard.type('shop')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  await untilFocused(page.getByRole('main'), 'the page')
})

const TARGETS = `[...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter((one) => {
    const { width, height } = (one.closest('label') ?? one).getBoundingClientRect()
    const isInText = getComputedStyle(one).display === 'inline'
    return width > 0 && !isInText && !one.closest('.sr-only') && (width < 24 || height < 24)
  })
  .map((one) => one.outerHTML.slice(0, 120))`

step('nothing is too small to be hit', async () => {
  for (const path of [
    '',
    '/pipelines/shop',
    '/pipelines/shop/stages/staging',
    '/teams/bakers/audit',
  ].concat(
    ['', '/releases', '/activity', '/deploy', '/metrics', '/settings'].map(
      (one) => `/apps/shop-staging${one}`,
    ),
  )) {
    await page.goto(at(path))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page
      .getByRole('status', { name: /^Loading/ })
      .first()
      .waitFor({ state: 'detached' })
    assert.deepEqual(await page.evaluate<string[]>(TARGETS), [], path)
  }
})

endsWell()
