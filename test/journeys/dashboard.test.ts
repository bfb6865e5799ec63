import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import {
  ADA,
  BUILDPACK,
  dashboardJourney,
  finders,
  HOSTILE,
  setUpOperator,
  signIn,
  untilServes,
} from '../support/dashboard.ts'
import { longestFrame, watchFrames } from '../support/frames.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** From the first sign-in to a rollback in production, in a real browser, with a real app. */
const STAGING = 'shop-staging'
const PRODUCTION = 'shop-production'

const LOUD_BUILDPACK = {
  ...BUILDPACK,
  'bin/compile': `#!/bin/sh\nprintf '\\033[1;32mbuilding\\033[0m ${HOSTILE}\\n'\n[ ! -e "$1/unbuildable" ]\n`,
}
const SERVER = String.raw`import http.server, os, sys, threading, time
def flood():
    for tick in range(30):
        for line in range(500):
            sys.stdout.write('flood %d %d\n' % (tick, line))
        sys.stdout.flush()
        time.sleep(0.1)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print('\033[31mred\033[0m ${HOSTILE} \033]8;;javascript:alert(1)\007link\033]8;;\007 \033[7mturned\033[27m \033[7;41mturned red\033[0m', flush=True)
        if self.path == '/flood': threading.Thread(target=flood).start()
        self.send_response(200); self.end_headers()
        self.wfile.write((open('page').read() + os.environ.get('GREETING', '')).encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const PROCFILE =
  'web: exec python3 server.py\nrelease: echo the release phase has run; [ ! -e broken ]\n'

let platform: TestPlatform
let source: string
let page: Page
const { step, look, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  await platform.aRepository('buildpack', { files: LOUD_BUILDPACK })
  source = await platform.aRepository('shop', {
    files: { Procfile: PROCFILE, 'server.py': SERVER, page: 'nothing yet' },
  })
  page = await aPerson()
})
const { button } = finders(() => page)
const at = (path: string): string => `http://localhost:${platform.port}${path}`
const push = async (text: string, message: string): Promise<void> => {
  await writeFile(`${source}/page`, text)
  await platform.commit(source, message)
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
}
const untilProductionShows = (text: string): Promise<unknown> =>
  untilServes(platform, PRODUCTION, text)

const hasFocus = (of: Locator): Promise<unknown> =>
  until(() => of.evaluate((element) => element.matches(':focus')), {
    limitMs: 20_000,
    what: 'the focus coming back',
  })
/** Of all that is on the page, in seconds. */
const LONGEST_MOTION =
  "Math.max(...[...document.querySelectorAll('*')].map((one) => getComputedStyle(one)).flatMap((style) => [parseFloat(style.transitionDuration), parseFloat(style.animationDuration)]))"
/** What is before and what is behind have changed places with those of the page. */
const isReversed = (of: Locator): Promise<boolean> =>
  of.evaluate((element) => {
    const lookOf = element.ownerDocument.defaultView.getComputedStyle
    const [own, page] = [lookOf(element), lookOf(element.ownerDocument.body)]
    return own.backgroundColor === page.color && own.color !== page.color
  })
/** As far as these names go: what is written on it, or its label. */
const NAME_OF_FOCUSED =
  "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.replace('Ctrl K', '').trim()"

step('the dashboard leads to signing in, and back', async () => {
  await setUpOperator(platform, page)
  await page.getByText('No apps yet').waitFor()
  assert.equal(new URL(page.url()).pathname, '/dashboard')
  await page.goto('about:blank') // else the page itself leaves for the sign-in page
  await page.context().clearCookies()
  await page.goto(at('/dashboard/new/pipeline'))
  await page.waitForURL(/\/sign-in\?/)
  await signIn(page, ADA)
  await page.getByRole('heading', { name: 'Create new pipeline' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/dashboard/new/pipeline')
  const root = await page.goto(at('/'))
  assert.equal(new URL(root?.url() ?? '').pathname, '/dashboard')
  await page.getByText('No apps yet').waitFor()
  await look('home-empty', page)
})

step('a pipeline and its apps are made', async () => {
  await button('New').click()
  await page.getByRole('menuitem', { name: 'Create new pipeline' }).click()
  await page.getByLabel('Name').fill('shop')
  await look('new-pipeline', page)
  await button('Create pipeline').click()
  await page.getByRole('heading', { name: 'shop' }).waitFor()
  for (const [stage, name] of [
    ['Staging', STAGING],
    ['Production', PRODUCTION],
  ] as const) {
    await button(`Add app to ${stage}`).click()
    await page.getByRole('link', { name: 'Create a new app here' }).click()
    await page.getByLabel('Name').fill(name)
    if (stage === 'Staging') await look('new-app', page)
    await button('Create app').click()
    await page.getByRole('heading', { name }).waitFor()
    await page.getByText('No code yet').first().waitFor()
    if (stage === 'Staging') await look('app-empty', page)
    await page.getByRole('link', { name: 'shop', exact: true }).click()
    await page.getByRole('region', { name: stage }).getByRole('article', { name }).waitFor()
  }
  await look('board-new', page)
})

step('a push is seen as it builds', async () => {
  const buildpack = `file://${platform.home}/buildpack`
  for (const app of [STAGING, PRODUCTION])
    assertSucceeds(await platform.sluice('buildpacks:set', buildpack, '-a', app))
  const remote = `https://localhost:${platform.port}/${STAGING}.git`
  await platform.git(source, 'remote', 'add', 'sluice', remote)
  await page.goto(at(`/dashboard/apps/${STAGING}/builds`))
  await page.getByText('Nothing has been built here').waitFor()
  await push('first', `Sell things ${HOSTILE}`)
  await page.getByRole('link', { name: /Sell things <img/ }).click()
  // Whoever hears the page is told of the end, not of each line.
  await page.getByRole('status').getByText('Succeeded').waitFor()
  const log = page.getByRole('log', { name: 'Output of the build' })
  assert.equal(await log.getAttribute('aria-live'), 'off')
  await log.getByText('building').waitFor()
  assert.match((await log.textContent()) ?? '', /building <img src=x onerror/)
  await look('build', page)
})

step('what is in staging is promoted, step by step, and runs in production', async () => {
  await page.goto(at('/dashboard/pipelines/shop'))
  const card = page.getByRole('article', { name: STAGING })
  await card.getByText('1 dyno up').waitFor()
  await button('Promote to production…', card).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText('It runs no code yet.').waitFor()
  await button('Promote', sheet).click()
  await sheet.getByText('Every router has followed').waitFor()
  await sheet.getByRole('link', { name: `Open ${PRODUCTION}` }).waitFor()
  await untilProductionShows('first')
  await button('Done', sheet).click()
  await page.getByText('The same slug as in production').waitFor()

  await push('second', `Sell more ${HOSTILE}${'wide'.repeat(100)}`)
  await card.getByText('1 commit ahead of production').waitFor()
  await card.getByText('1 dyno up').waitFor()
  await look('board', page)
  await button('Promote to production…', card).click()
  await sheet.getByText('1 commit to come').waitFor()
  await sheet.getByText(/Sell more <img/).waitFor()
  await sheet.getByText('echo the release phase has run').waitFor()
  await look('promotion-plan', page)
  await button('Promote', sheet).click()
  await sheet.getByRole('link', { name: `Open ${PRODUCTION}` }).waitFor()
  await look('promotion-done', page)
  await untilProductionShows('second')
  await button('Done', sheet).click()
})

step('production is rolled back', async () => {
  await page.goto(at(`/dashboard/apps/${PRODUCTION}/releases`))
  await page.getByText('Current').waitFor()
  await look('releases', page)
  await button(/Roll back to v/)
    .first()
    .click()
  await page.getByRole('dialog').getByText('A new release gets the code').waitFor()
  await look('roll-back', page)
  await button('Roll back', page.getByRole('dialog')).click()
  await page.getByRole('heading', { name: /Release v\d+/ }).waitFor()
  await page.getByText('Every router has followed').waitFor()
  await page.getByRole('log').getByText('the release phase has run').waitFor()
  await untilProductionShows('first')
  await look('release', page)
})

step('it is scaled and configured', async () => {
  await page.getByRole('link', { name: 'Resources' }).click()
  await button('One web more').click()
  const quantity = page.getByLabel('Dynos of web')
  await until(async () => (await quantity.textContent()) === '2')
  await page.getByText('2 dynos up').waitFor()
  await look('resources', page)
  await page.getByRole('link', { name: 'Settings' }).click()
  await button('Add config var').click()
  await page.getByRole('dialog').getByLabel('Name').fill('GREETING')
  await page.getByRole('dialog').getByLabel('Value').fill(HOSTILE)
  await button('Save').click()
  await button('Reveal GREETING').waitFor()
  assert.equal(await page.getByText(HOSTILE).count(), 0, 'hidden until it is revealed')
  await look('settings', page)
  await button('Reveal GREETING').click()
  await page.getByText(HOSTILE).waitFor()
  await untilProductionShows(`first${HOSTILE}`)
  await button('Delete GREETING').click()
  await button('Delete', page.getByRole('dialog')).click()
  await button('Reveal GREETING').waitFor({ state: 'detached' })
  await untilProductionShows('first')
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('web.2').first().waitFor()
  await look('overview', page)
  await page.getByRole('link', { name: 'Activity' }).click()
  await page.getByText('changed config var').first().waitFor()
  await look('activity', page)
})

step('logs come live, and a flood of them does not freeze the page', async (context) => {
  await page.getByRole('link', { name: 'Logs' }).click()
  const log = page.getByRole('log')
  await log.getByText('app[api]').first().waitFor()
  await page.getByLabel('Source').selectOption('The app')
  await page.getByLabel('Dyno').fill('web')
  await platform.request(PRODUCTION)
  await log
    .getByText(/<img src=x onerror/)
    .first()
    .waitFor()
  const turned = log.getByText('turned', { exact: true }).first()
  await turned.waitFor()
  assert.ok(await isReversed(turned))
  await look('logs', page)
  await watchFrames(page)
  await platform.request(PRODUCTION, '/flood')
  await log.getByText('flood 29 499').waitFor()
  const longest = await longestFrame(page)
  assert.ok(longest < 1_000, `a frame took ${longest} ms`)
  context.diagnostic(`longest frame while 5,000 lines/s came: ${Math.round(longest)} ms`)
  assert.ok(
    (await page.evaluate<number>('document.querySelectorAll("[role=log] div").length')) < 300,
  )
  await button('Pause').click()
  await platform.request(PRODUCTION)
  await button(/Follow \(\d+ new\)/).click()
  await button('Pause').waitFor()
})

step('a connection that is lost is told, and comes back by itself', async () => {
  await page.goto(at('/dashboard'))
  await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
  await look('home', page)
  const status = JSON.parse((await platform.sluice('status', '--json')).stdout) as {
    processes: { name: string; pid: number }[]
  }
  const pid = status.processes.find(({ name }) => name === 'control-plane')?.pid
  assert.ok(pid)
  process.kill(pid, 'SIGKILL')
  const notice = page.getByText('The connection is lost.')
  await notice.waitFor()
  await notice.waitFor({ state: 'detached' })
  assertSucceeds(await platform.sluice('apps:create', 'made-meanwhile', '--no-remote'))
  await page.getByRole('link', { name: 'made-meanwhile' }).waitFor()
})

step(
  'a board is worked with the keyboard alone, and whatever closes gives the focus back',
  async () => {
    await page.goto(at('/dashboard/pipelines/shop'))
    const card = page.getByRole('article', { name: STAGING })
    await card.getByText('1 dyno up').waitFor()
    const menu = button(`What to do with ${STAGING}`)
    await menu.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Show app' }).waitFor()
    await look('board-menu', page)
    await page.keyboard.press('Escape')
    await hasFocus(menu)

    await page.keyboard.press('Enter')
    await hasFocus(page.getByRole('menuitem', { name: 'Show app' }))
    await page.keyboard.press('End')
    await hasFocus(page.getByRole('menuitem', { name: 'Remove from pipeline…' }))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: `Remove ${STAGING}` }).waitFor()
    await look('board-remove', page)
    await page.keyboard.press('Escape')
    await hasFocus(menu)

    const promote = button('Promote to production…')
    await promote.focus()
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog', { name: `Promote ${STAGING}` })
    await sheet.getByText('Release phase:').waitFor()
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press(presses < 15 ? 'Tab' : 'Shift+Tab')
      assert.equal(await sheet.locator(':focus').count(), 1, 'the focus stays in the sheet')
    }
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await hasFocus(promote)

    const add = button('Add app to Staging')
    await add.focus()
    await page.keyboard.press('Space')
    await page.getByRole('dialog', { name: 'Add an app to staging' }).waitFor()
    await look('board-add', page)
    await page.keyboard.press('Escape')
    await hasFocus(add)

    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.press('Escape')
    await hasFocus(add)
  },
)

step('every control of the board is reached by Tab, in the order in which it is read', async () => {
  await page.goto(at('/dashboard/pipelines/shop'))
  await page.getByRole('article', { name: PRODUCTION }).getByText('dynos up').waitFor()
  const names: string[] = []
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    names.push(await page.evaluate<string>(NAME_OF_FOCUSED))
  }
  const inOrder = [
    ...['Skip to the content', 'Sluice', 'Search', 'New', 'Account', 'Board', 'Promotions'],
    ...['Settings', 'Add app to Review apps', 'Add app to Staging', STAGING],
    ...[`What to do with ${STAGING}`, 'Promote to production…', 'Add app to Production'],
    ...[PRODUCTION, `What to do with ${PRODUCTION}`],
  ]
  assert.deepEqual(names.filter((name) => inOrder.includes(name)).slice(0, inOrder.length), inOrder)
})

step('everything can be found and left by keyboard', async () => {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('produc')
  await page.getByRole('option', { name: PRODUCTION }).waitFor()
  await look('search', page)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: PRODUCTION }).waitFor()
  await page.goto(at('/dashboard/apps/no-such-app'))
  await page.getByText('There is no such thing here').waitFor()
  await look('not-found', page)
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Dark look' }).click()
  const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  await until(async () => (await colour()) === 'rgb(16, 20, 19)', { what: 'the dark look' })
})

step('what is not there is told without a break while other things change', async () => {
  await page.goto(at('/dashboard/apps/no-such-app'))
  await page.getByText('There is no such thing here').waitFor()
  await page.evaluate(COUNT_PAUSES)
  const again = page.waitForResponse((response) => response.url().endsWith('/apps/no-such-app'))
  assertSucceeds(await platform.sluice('apps:create', 'made-besides', '--no-remote'))
  await (await again).finished()
  await page.getByText('There is no such thing here').waitFor()
  assert.equal(await page.evaluate<number>('window.pauses'), 0)
})

/** How often the page is without its title. */
const COUNT_PAUSES = `
window.pauses = 0
new MutationObserver(() => {
  if (!document.querySelector('h1')) window.pauses++
}).observe(document.body, { childList: true, subtree: true })`

/** Once nothing new has come for a second: what still comes would be the first to find that the session is over. */
const untilLoaded = async (): Promise<void> => {
  const count = () => page.evaluate<number>("performance.getEntriesByType('resource').length")
  let before = -1
  const isStill = async (): Promise<boolean> => {
    const last = before
    before = await count()
    return before === last
  }
  await until(isStill, { everyMs: 1_000, what: 'everything on the page' })
}

step(
  'a session that ends while the page is open leads back to that page after signing in',
  async () => {
    const path = `/dashboard/apps/${PRODUCTION}/releases/compare`
    await page.goto(at(`${path}?from=2&to=3`))
    await page.getByLabel('From').waitFor()
    await untilLoaded()
    await page.context().clearCookies()
    await page.getByLabel('From').selectOption('1')
    await page.waitForURL(/\/sign-in\?/)
    await signIn(page, ADA)
    await page.getByRole('heading', { name: 'Compare two releases' }).waitFor()
    assert.equal(page.url(), at(`${path}?from=1&to=3`))
  },
)

step('whoever wants no motion gets none', async () => {
  await page.goto(at('/dashboard'))
  const longest = (): Promise<number> => page.evaluate<number>(LONGEST_MOTION)
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await button('New').waitFor()
  assert.ok((await longest()) > 0.05)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  assert.ok((await longest()) < 0.001)
})

step('the board tells what has failed, and why', async () => {
  await page.goto(at('/dashboard/pipelines/shop'))
  const card = page.getByRole('article', { name: STAGING })
  await card.getByText('1 dyno up').waitFor()
  for (const name of ['broken', 'unbuildable']) {
    await writeFile(`${source}/${name}`, 'yes')
    await platform.commit(source, `Make it ${name}`)
    await platform.git(source, 'push', 'sluice', 'main')
    if (name === 'broken') {
      await card.getByRole('link', { name: /^v\d+ failed$/ }).waitFor()
      await card.getByText('release command failed with exit status 1').waitFor()
      await look('board-failed', page)
    }
  }
  await card.getByRole('link', { name: 'The last build failed' }).click()
  await page.getByText('Failed').first().waitFor()
})

endsWell()

step('one signs out', async () => {
  await button('Account').click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('You are signed out.').waitFor()
})
