import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import {
  acceptInvitation,
  ADA,
  BOB,
  BUILDPACK,
  dashboardJourney,
  finders,
  HOSTILE,
  refusalOf,
  sentBy,
  setUpOperator,
  untilServes,
} from '../support/dashboard.ts'
import { typeInto } from '../support/keyboard.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** A change on its way to production under a stage's rules: an admin and a member, each in a browser. */
const SOON = { limitMs: 30_000 }
const SERVER = `import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(open('page').read().encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
/** A change of config vars runs the release phase too, so that only one commit is slow. */
const PROCFILE =
  'web: exec python3 server.py\nrelease: if [ "$SLOW" ] && grep -q third page; then sleep 300; fi\n'

let platform: TestPlatform
let source: string
let ada: Page
let bob: Page
const { step, look, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  ada = await aPerson()
  bob = await aPerson()
})
const { button, closed, region, sheet } = finders(() => ada)
const at = (path: string): string => `http://localhost:${platform.port}/dashboard${path}`
const tab = (of: Page, name: string): Promise<void> =>
  of.getByRole('navigation', { name: 'Pipeline' }).getByRole('link', { name, exact: true }).click()
const sluice = async (...args: string[]): Promise<string> =>
  assertSucceeds(await platform.sluice(...args)).stdout
const push = async (text: string, message: string): Promise<void> => {
  await writeFile(`${source}/page`, text)
  await platform.commit(source, message)
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
}
const openPlan = async (of: Page): Promise<Locator> => {
  await of.goto(at('/pipelines/shop'))
  await button(/^Promote to production/, of.getByRole('article', { name: 'shop-staging' })).click()
  await sheet(of).getByText('Release phase').first().waitFor()
  return sheet(of)
}

step('a team of an admin and a member has a pipeline', async () => {
  await setUpOperator(platform, ada)
  await sluice('teams:create', 'acme')
  const invited = await platform.sluice('members:add', BOB, '-r', 'member', '-t', 'acme')
  const { stdout, stderr } = assertSucceeds(invited)
  const link = /http:\S+\/team-invitations\/[0-9a-f]{64}/.exec(stdout + stderr)?.[0] ?? ''
  await acceptInvitation(bob, link)

  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  source = await platform.aRepository('shop', {
    files: { Procfile: PROCFILE, 'server.py': SERVER, page: 'nothing yet' },
  })
  for (const app of ['shop-staging', 'shop']) {
    await sluice('apps:create', app, '--no-remote', '-t', 'acme')
    await sluice('buildpacks:set', `file://${buildpack}`, '-a', app)
  }
  await sluice(...['pipelines:create', 'shop', '-a', 'shop-staging', '-s', 'staging', '-t', 'acme'])
  await sluice('pipelines:add', 'shop', '-a', 'shop', '-s', 'production')
  const remote = `https://localhost:${platform.port}/shop-staging.git`
  await platform.git(source, 'remote', 'add', 'sluice', remote)
  await push('first', `Sell things ${HOSTILE}`)
  await ada.goto(at('/pipelines/shop/promotions'))
  await ada.getByText('Nothing has been promoted yet').waitFor()
  await look('promotions-empty', ada)
  await tab(ada, 'Approvals')
  await ada.getByText('Nothing waits for approval').waitFor()
  await look('approvals-empty', ada)
})

step(
  'stages of one’s own are added, moved, renamed and removed, and the board shows them',
  async () => {
    await tab(ada, 'Stages')
    await button('Add stage', ada).click()
    await sheet(ada).getByLabel('Name').fill('No good name')
    await button('Add stage', sheet(ada)).click()
    await sheet(ada).getByRole('alert').waitFor()
    await sheet(ada).getByLabel('Name').fill('load-test')
    await sheet(ada).getByLabel('Place').selectOption('first')
    await look('stage-add', ada)
    await button('Add stage', sheet(ada)).click()
    await closed(ada)
    const order = (): Promise<string[]> =>
      region('Stages', ada).getByRole('listitem').getByRole('link').allTextContents()
    const isNow = (...names: string[]): Promise<unknown> =>
      until(async () => (await order()).join() === names.join(), {
        ...SOON,
        what: names.join(),
      })
    await isNow('load-test', 'review', 'development', 'staging', 'production')
    for (const _ of [1, 2, 3]) {
      const before = (await order()).join()
      await button('Move load-test down', ada).click()
      await until(async () => (await order()).join() !== before, SOON)
    }
    await isNow('review', 'development', 'staging', 'load-test', 'production')
    await button('Rename load-test', ada).click()
    await sheet(ada).getByLabel('New name').fill('preview')
    await button('Rename', sheet(ada)).click()
    await closed(ada)
    await isNow('review', 'development', 'staging', 'preview', 'production')
    assert.match(await refusalOf(button('Remove staging', ada)), /There are apps in it/)
    await tab(ada, 'Board')
    const columns = ada.getByRole('main').getByRole('heading', { level: 2 })
    await region('Preview', ada).waitFor()
    const card = ada.getByRole('article', { name: 'shop-staging' })
    await card.getByText(/^Ada · just now$/).waitFor()
    assert.deepEqual(
      (await columns.allTextContents()).map((text) => text.replaceAll(/[\d\s]+$/g, '')),
      ['Review apps', 'Staging', 'Preview', 'Production'],
    )
    await look('board-own-stage', ada)
    await tab(ada, 'Stages')
    await button('Remove preview', ada).click()
    await isNow('review', 'development', 'staging', 'production')
  },
)

step('a stage gets a policy and marks', async () => {
  await ada.getByRole('link', { name: 'production', exact: true }).click()
  const policy = region('Policy', ada)
  await policy.getByLabel('Approvals needed').fill('1')
  await policy.getByLabel('Who promotes to it').selectOption('Everybody with deploy on the apps')
  await policy.getByLabel('A config var that the target lacks').check()
  await policy.getByLabel('Other findings, by their codes').fill('paths.migrations')
  await button('Save policy', policy).click()
  await policy.getByText('Saved').waitFor()
  const marks = region('Marks on config vars', ada)
  await marks.getByLabel('Config var').fill('STRIPE_KEY')
  await button('Mark', marks).click()
  await marks.getByText('must differ').first().waitFor()
  await button('Remove the mark on STRIPE_KEY', marks).waitFor()
  await look('stage', ada)
  await tab(ada, 'Stages')
  await ada
    .getByText('needs 1 approval · all with deploy promote · blocked by config.missing, paths.mig')
    .waitFor()
  await look('stages', ada)
  await bob.goto(at('/pipelines/shop/stages/production'))
  assert.match(await refusalOf(button('Save policy', bob)), /Your role \(member\) may not change/)
  assert.match(await refusalOf(button('Add freeze', bob)), /Admins of acme may/)
  assert.ok(await bob.getByLabel('Approvals needed').isDisabled())
})

step('who is told and what paths mean is set', async () => {
  await tab(ada, 'Settings')
  await button('Add webhook', ada).click()
  await sheet(ada).getByLabel('URL').fill('https://hooks.example.com/shop')
  await sheet(ada).getByLabel('approval.given').uncheck()
  await button('Add webhook', sheet(ada)).click()
  assert.notEqual(await sheet(ada).getByLabel('Secret').inputValue(), '')
  await button('Done', sheet(ada)).click()
  await region('Webhooks', ada).getByText('promotion.created, promotion.succeeded').waitFor()
  await ada.getByText('What was sent').click()
  await ada.getByText('Nothing yet.').waitFor()
  await button('Add rule', ada).click()
  await typeInto(sheet(ada).getByLabel('Name'), 'pages', 'the first field')
  await sheet(ada).getByLabel('Paths').fill('page site/**')
  await sheet(ada).getByLabel('What the plan says').fill('pages change')
  await button('Add rule', sheet(ada)).click()
  await closed(ada)
  await region('Rules for paths', ada).getByText('page site/**').waitFor()
  await look('pipeline-settings', ada)
  await button('Remove https://hooks.example.com/shop', ada).click()
  await ada.getByText('Nobody is told').waitFor()
  await bob.goto(at('/pipelines/shop/settings'))
  assert.match(await refusalOf(button('Add webhook', bob)), /may not change this pipeline/)
  assert.match(await refusalOf(button('Add rule', bob)), /may not change this pipeline/)
})

step('a member sees the plan, what blocks it, and asks for approval', async () => {
  await sluice('config:set', 'STRIPE_KEY=of-staging', '-a', 'shop-staging')
  const plan = await openPlan(bob)
  await plan.getByText('STRIPE_KEY missing in shop').first().waitFor()
  await plan.getByText('The policy lets 1 finding not through').waitFor()
  await sluice('config:set', 'STRIPE_KEY=of-production', '-a', 'shop')
  await plan.getByText('The policy lets 1 finding not through').waitFor({ state: 'detached' })
  await plan.getByText('Needs 1 approval (has 0)').waitFor()
  assert.match(
    await refusalOf(button('Promote', plan)),
    /shop needs 1 approval and has 0, not counting yours/,
  )
  await plan.getByLabel('Why (for those who approve)').fill(`The first of all ${HOSTILE}`)
  await look('plan-approval', bob)
  await button('Ask for approval', plan).click()
  await plan.getByText(`${BOB} asked for it`).waitFor()
})

step('an admin refuses with a reason, then approves, and the member sees it', async () => {
  await tab(ada, 'Approvals 1 waiting')
  const row = ada.getByRole('listitem', { name: /^shop-staging v\d+ to shop$/ })
  await row.getByText('Waiting (0 of 1)').waitFor()
  await row.getByText(/The first of all <img/).waitFor()
  await look('approvals', ada)
  await button('Refuse…', row).click()
  await sheet(ada).getByLabel('Why (for whoever asked)').fill('Not before noon')
  await look('refuse', ada)
  await button('Refuse', sheet(ada)).click()
  await ada.getByText('Nothing waits for approval').waitFor()
  const plan = sheet(bob)
  await plan.getByText(`${ADA} refused it: Not before noon`).waitFor()
  await button('Ask for approval', plan).click()
  await plan.getByText(`${BOB} asked for it`).waitFor()
  await bob.goto(at('/pipelines/shop/approvals'))
  assert.match(await refusalOf(button('Approve', bob)), /You asked for it/)
  await button('Approve', ada).click()
  await ada.getByText('Approved (1 of 1)').waitFor()
  await bob.getByText('Approved (1 of 1)').waitFor()
})

step('the member promotes, production changes, and its record proves what was', async () => {
  const plan = await openPlan(bob)
  await plan.getByText('Needs 1 approval (has 1)').waitFor()
  await button('Promote', plan).click()
  await plan.getByRole('link', { name: 'Open shop' }).waitFor()
  await untilServes(platform, 'shop', 'first')
  await plan.getByRole('link', { name: 'Show its record' }).click()
  await bob.getByRole('heading', { name: 'Promotion #1' }).waitFor()
  await bob.getByText('Every router has followed').waitFor()
  await bob.getByText('Approved by').waitFor()
  const target = region('shop', bob)
  await target.getByText('Succeeded').waitFor()
  await target.getByText('Config vars:').waitFor()
  await look('promotion', bob)
  await tab(bob, 'Promotions')
  await bob.getByRole('link', { name: '#1 shop-staging → shop' }).waitFor()
  await bob.getByText(`by ${BOB}`).waitFor()
  await bob.goto(at('/pipelines/shop/promotions/no-such-promotion'))
  await bob.getByText('There is no such thing here').waitFor()
})

step('a freeze blocks with words, and an admin overrides it with a reason', async () => {
  await ada.goto(at('/pipelines/shop/stages/production'))
  const policy = region('Policy', ada)
  await policy.getByLabel('Approvals needed').fill('0')
  const sent = await sentBy(ada, () => button('Save policy', policy).click())
  assert.deepEqual(sent, { approvals: 0 }, 'what somebody else changed meanwhile stays')
  await policy.getByText('Saved').waitFor()
  await button('Add freeze', ada).click()
  await sheet(ada).getByLabel('Time zone').fill('Europe/Vienna')
  await look('freeze-add', ada)
  await button('Add freeze', sheet(ada)).click()
  await ada.getByText('Every week Fri 16:00 – Mon 08:00 Europe/Vienna').waitFor()
  await button(/^Remove Every week/, ada).click()
  await ada.getByText('It is never frozen').waitFor()
  const day = (days: number): string =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16)
  await button('Add freeze', ada).click()
  await sheet(ada).getByLabel('When').selectOption('Once, between two dates')
  await sheet(ada).getByLabel('From').fill(day(-2))
  await sheet(ada).getByLabel('Until').fill(day(2))
  await sheet(ada).getByLabel('Time zone').fill('Mars/Olympus')
  await sheet(ada).getByLabel('Reason (may be left empty)').fill('The holidays')
  await button('Add freeze', sheet(ada)).click()
  await sheet(ada).getByRole('alert').getByText('is not a time zone').waitFor()
  await sheet(ada).getByLabel('Time zone').fill('Europe/Vienna')
  await button('Add freeze', sheet(ada)).click()
  await closed(ada)
  await ada.getByText('Holds now, until').waitFor()
  await look('freezes', ada)

  await push('second', 'Sell more')
  const bobs = await openPlan(bob)
  await bobs.getByText('Frozen until').waitFor()
  await bobs.getByText('The holidays').waitFor()
  assert.match(await refusalOf(button('Promote', bobs)), /shop is frozen/)
  const override = /^Override the freeze/
  assert.match(await refusalOf(button(override, bobs)), /may not change this pipeline/)
  await look('plan-frozen', bob)
  const plan = await openPlan(ada)
  await plan.getByText('1 commit to come').waitFor()
  await plan.getByText('pages change').waitFor()
  await plan.getByLabel('Why it cannot wait (kept in the record)').fill('The shop is down')
  await button(override, plan).click()
  await plan.getByText(/You have overridden it until .*: The shop is down/).waitFor()
  await button('Promote', plan).click()
  await plan.getByRole('link', { name: 'Open shop' }).waitFor()
  await untilServes(platform, 'shop', 'second')
  await plan.getByRole('link', { name: 'Show its record' }).click()
  await ada.getByText('In spite of a freeze').waitFor()
  await ada.getByText('The shop is down').waitFor()
})

step('what is under way is cancelled, and what failed is tried again', async () => {
  await sluice('config:set', 'SLOW=1', '-a', 'shop')
  await push('third', 'Sell even more')
  const plan = await openPlan(ada)
  await plan.getByText('1 commit to come').waitFor()
  await button('Promote', plan).click()
  await plan.getByRole('link', { name: 'Show its record' }).click()
  await ada.getByRole('heading', { name: 'Promotion #3' }).waitFor()
  await ada.getByText('Under way').waitFor()
  await look('promotion-under-way', ada)
  await button('Cancel promotion', ada).click()
  await ada.getByText(`Cancelled by ${ADA}.`).first().waitFor()
  await sluice('config:unset', 'SLOW', '-a', 'shop')
  await button('Try again', ada).click()
  await ada.getByRole('heading', { name: 'Promotion #4' }).waitFor()
  await ada.getByRole('link', { name: 'an earlier promotion' }).waitFor()
  await ada.getByText('Succeeded').first().waitFor()
  await untilServes(platform, 'shop', 'third')
})

step(
  'of two who have the same plan before them the second sees what the first has done',
  async () => {
    await push('fourth', `Sell all ${HOSTILE}${'wide'.repeat(80)}`)
    const adas = await openPlan(ada)
    await adas.getByText('1 commit to come').waitFor()
    const bobs = await openPlan(bob)
    await bobs.getByText('1 commit to come').waitFor()
    await look('plan-wide', bob)
    await bob.context().setOffline(true)
    await button('Promote', adas).click()
    await adas.getByRole('link', { name: 'Open shop' }).waitFor()
    await untilServes(platform, 'shop', 'fourth')
    await bobs.getByText('1 commit to come').waitFor()
    await bob.context().setOffline(false)
    await bobs.getByText('It runs this very slug already.').waitFor()
    await button('Done', adas).click()
  },
)

step('whoever promotes by a plan that is old is told so, and nothing is promoted', async () => {
  await push('fifth', 'Sell the rest')
  const plan = await openPlan(ada)
  await plan.getByText('1 commit to come').waitFor()
  // What she has before her stays as it is: no news reaches the page, and it asks for no other plan.
  await ada.route(/event-stream|promotion-plans/, (route) => route.abort())
  await sluice('config:set', 'GREETING=hello', '-a', 'shop')
  await button('Promote', plan).click()
  await plan.getByRole('alert').getByText('The plan is out of date').waitFor()
  await look('plan-old', ada)
  await ada.unroute(/event-stream|promotion-plans/)
  assert.notEqual((await platform.request('shop')).body, 'fifth')
})

step('an earlier release goes to two apps, all or nothing', async () => {
  await sluice('apps:create', 'shop-eu', '--no-remote', '-t', 'acme')
  await ada.goto(at('/pipelines/shop'))
  await button('Add app to Production', ada).click()
  await sheet(ada).getByLabel('App').selectOption('shop-eu')
  await button('Add app', sheet(ada)).click()
  await closed(ada)
  await sluice('config:set', 'STRIPE_KEY=of-eu', '-a', 'shop-eu')
  const plan = await openPlan(ada)
  const earlier = plan.getByLabel('Release', { exact: true }).locator('option', { hasText: /^v2 / })
  const version = (await earlier.getAttribute('value')) ?? ''
  await plan.getByLabel('Release', { exact: true }).selectOption(version)
  await plan.getByText(/^v2 · commit/).waitFor()
  const wanted = plan.getByRole('checkbox', { name: 'shop-eu' })
  await wanted.uncheck()
  await plan.getByLabel('All or nothing').waitFor({ state: 'detached' })
  await wanted.check()
  await plan.getByLabel('All or nothing').check()
  await look('plan-two', ada)
  await button('Promote', plan).click()
  await plan.getByRole('link', { name: 'Open shop-eu' }).waitFor()
  await plan.getByRole('link', { name: 'Open shop', exact: true }).waitFor()
  await untilServes(platform, 'shop-eu', 'first')
  await untilServes(platform, 'shop', 'first')
  await button('Done', plan).click()
  await tab(ada, 'Promotions')
  const row = ada.getByRole('listitem').filter({ hasText: '#6' })
  await row.getByText('all or nothing').waitFor()
  await ada.getByText('Failed').first().waitFor()
  await look('promotions', ada)
  await tab(ada, 'Board')
  await ada
    .getByText(/[\d.]+ requests\/s$/)
    .first()
    .waitFor()
  await look('board-after', ada)
})

endsWell()
