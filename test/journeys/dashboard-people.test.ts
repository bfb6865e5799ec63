import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import {
  acceptInvitation,
  ADA,
  BOB,
  BUILDPACK,
  dashboardJourney,
  finders,
  HOSTILE,
  refusalOf,
  setUpOperator,
  signIn,
} from '../support/dashboard.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'

/** Who may do what, whose things are, and what is done to them: two people at the dashboard, each in a browser. */
const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID4MkRXraxlrMnBdNtIdMkXqJ7JWMlD6vIoa5/ylQ8Jw ada@laptop'

let platform: TestPlatform
let page: Page
let bobs: Page
const { step, look, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  page = await aPerson()
  bobs = await aPerson()
})
const { button, closed, heading, region, sheet, tab } = finders(() => page)
const at = (path: string): string => `http://localhost:${platform.port}/dashboard${path}`

step('the operator sets up, and lands on the dashboard', async () => {
  await setUpOperator(platform, page)
  assert.equal(new URL(page.url()).pathname, '/dashboard')
})

step('a team is made, and people are invited', async () => {
  await button('Account').click()
  await page.getByRole('menuitem', { name: 'Teams' }).click()
  await page.getByText('No teams yet').waitFor()
  await look('teams-empty', page)
  await page.getByRole('link', { name: 'Create new team' }).click()
  await page.getByLabel('Name').fill('X')
  await button('Create team').click()
  await page.getByRole('alert').getByText('Name must start').waitFor()
  await page.getByLabel('Name').fill('bakers')
  await button('Create team').click()
  await heading('bakers')
  await button('Invite').click()
  await sheet().getByLabel('E-mail address').fill('carol@example.com')
  await button('Invite', sheet()).click()
  await sheet().getByLabel('Link for carol@example.com').waitFor()
  await button('Done', sheet()).click()
  await button('Revoke the invitation of carol@example.com').click()
  await page.getByText('No open invitations').waitFor()
  await button('Invite').click()
  await sheet().getByLabel('E-mail address').fill(BOB)
  await sheet().getByLabel('Role').selectOption('Viewer')
  await button('Invite', sheet()).click()
  const link = await sheet().getByLabel(`Link for ${BOB}`).inputValue()
  await look('team-invited', page)
  await button('Done', sheet()).click()
  await look('team', page)

  await bobs.goto(link)
  await look('invitation', bobs)
  await acceptInvitation(bobs, link)
  await page.getByLabel(`Role of ${BOB}`).waitFor()
})

step('what members may do is the team’s to say', async () => {
  await tab('Settings')
  const members = region('Members')
  await members.getByLabel(/^operate/).uncheck()
  await button('Save', members).click()
  await members.getByText('Saved').waitFor()
  const others = region('Review and test apps')
  await others
    .getByLabel('What members may do on them')
    .selectOption('The same in all pipelines of the team')
  await look('team-settings', page)
  await button('Save', others).click()
  await others.getByText('Saved').waitFor()
  await others
    .getByLabel('What members may do on them')
    .selectOption('Each pipeline says so for itself')
  await button('Save', others).click()
  await others.getByRole('checkbox').first().waitFor({ state: 'detached' })
  await others.getByText('Saved').waitFor()
  await tab('People')
})

step('the only owner cannot go', async () => {
  assert.match(await refusalOf(button('Leave bakers')), /only owner/)
  await page.getByLabel(`Role of ${ADA}`).selectOption('Member')
  await page.getByRole('alert').getByText('is the only owner of the team').waitFor()
  assert.equal(await page.getByLabel(`Role of ${ADA}`).inputValue(), 'owner')
})

step('who may not is told so', async () => {
  await bobs.goto(at('/teams'))
  await bobs.getByRole('link', { name: 'bakers' }).click()
  assert.match(await refusalOf(button('Invite', bobs)), /Your role \(viewer\)/)
  assert.match(await refusalOf(button(`Remove ${ADA}`, bobs)), /Your role \(viewer\)/)
  assert.equal(await bobs.getByLabel(`Role of ${BOB}`).isDisabled(), true)
  await bobs.getByRole('link', { name: 'Audit log' }).click()
  await bobs.getByText('You may not see this').waitFor()
  await look('team-audit-forbidden', bobs)
  await bobs.getByRole('link', { name: 'Settings' }).click()
  assert.match(await refusalOf(button('Delete team…', bobs)), /Only an owner/)
  assert.match(await refusalOf(button('Save', bobs).first()), /Your role \(viewer\)/)
})

step('a pipeline of the team, with an app of another owner that joins the team', async () => {
  await button('New').click()
  await page.getByRole('menuitem', { name: 'Create new pipeline' }).click()
  await page.getByLabel('Name').fill('bread')
  await page.getByLabel('Owner').selectOption('bakers')
  await button('Create pipeline').click()
  for (const [stage, name, owner] of [
    ['Staging', 'bread-staging', 'bakers'],
    ['Production', 'bread-one', 'bakers'],
    ['Production', 'bread-two', 'You'],
  ] as const) {
    await button(`Add app to ${stage}`).click()
    await page.getByRole('link', { name: 'Create a new app here' }).click()
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Owner').selectOption(owner)
    await button('Create app').click()
    await heading(name)
    await page.getByRole('link', { name: 'bread', exact: true }).click()
  }
  await page
    .getByRole('article', { name: 'bread-two' })
    .getByText('Belongs to another owner')
    .waitFor()
  await tab('Settings')
  await page.getByText('1 app in this pipeline has another owner').waitFor()
  await look('pipeline-settings', page)
  await button('Transfer it to the pipeline’s owner').click()
  await page.getByText('1 app in this pipeline').waitFor({ state: 'detached' })
})

step('a pipeline’s settings', async () => {
  await page.getByLabel('Name of the pipeline').fill('loaves')
  await button('Rename').click()
  await heading('loaves')
  await page
    .getByLabel('Who promotes into production')
    .selectOption('Everybody with deploy on both apps')
  await button('Transfer…').click()
  await sheet().getByLabel('New owner').selectOption(ADA)
  await button('Transfer', sheet()).click()
  await page.getByText(`You (${ADA})`).waitFor()
  await page.getByText('3 apps in this pipeline have another owner').waitFor()
  await button('Transfer…').click()
  await sheet().getByLabel('New owner').selectOption('bakers')
  await button('Transfer', sheet()).click()
  await page.getByText('The team bakers').waitFor()

  const ofReviewApps = region('Config vars of review apps')
  await ofReviewApps.getByText('None is set.').waitFor()
  await button('Add config var', ofReviewApps).click()
  await sheet().getByLabel('Name').fill('NO NAME')
  await sheet().getByLabel('Value').fill(HOSTILE)
  await button('Save', sheet()).click()
  await sheet().getByRole('alert').waitFor()
  await sheet().getByLabel('Name').fill('OVEN')
  await button('Save', sheet()).click()
  await closed()
  assert.equal(await page.getByText(HOSTILE).count(), 0, 'hidden until it is revealed')
  await button('Reveal OVEN', ofReviewApps).click()
  await ofReviewApps.getByText(HOSTILE).waitFor()
  await look('pipeline-config', page)
  await button('Delete OVEN', ofReviewApps).click()
  await button('Delete', sheet()).click()
  await ofReviewApps.getByText('None is set.').waitFor()
  await region('Config vars of test apps').getByText('None is set.').waitFor()

  await tab('Access')
  await button('Add somebody').click()
  await sheet().getByLabel('E-mail address').fill(BOB)
  await sheet()
    .getByLabel(/^deploy/)
    .check()
  await button('Add', sheet()).click()
  await closed()
  await page.getByText('view, deploy', { exact: true }).waitFor()
  await page.getByLabel('join new review and test apps by themselves').uncheck()
  await button('Save').click()
  await page.getByText('Saved').waitFor()
  await look('pipeline-access', page)
  await button(`Remove ${BOB}`).click()
  await page.getByText('Nobody was added one by one').waitFor()
  await tab('Activity')
  await page.getByText('changed pipeline').first().waitFor()
  await look('pipeline-activity', page)

  await bobs.goto(at('/pipelines/loaves/settings'))
  assert.match(await refusalOf(button('Delete pipeline…', bobs)), /Your role \(viewer\)/)
  await region('Config vars of review apps', bobs).getByText('You may not see this').waitFor()
  await bobs.getByRole('link', { name: 'Access' }).click()
  await region('Added one by one', bobs).getByText('You may not see this').waitFor()
})

step('of several targets one is chosen', async () => {
  await platform.aRepository('buildpack', { files: BUILDPACK })
  const source = await platform.aRepository('bread', {
    files: { Procfile: 'worker: exec sleep 1000\n' },
  })
  const buildpack = `file://${platform.home}/buildpack`
  assertSucceeds(await platform.sluice('buildpacks:set', buildpack, '-a', 'bread-staging'))
  await page.goto(at('/apps/bread-staging/deploy'))
  await page.getByText('Nothing has been built here').waitFor()
  await look('deploy-empty', page)
  const remote = `https://localhost:${platform.port}/bread-staging.git`
  await platform.git(source, 'remote', 'add', 'sluice', remote)
  await writeFile(`${source}/page`, 'first')
  await platform.commit(source, `Bake ${HOSTILE}`)
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
  await page.getByRole('log').getByText('building').waitFor()
  await page.getByRole('link', { name: 'View', exact: true }).waitFor()
  await page.getByText(`Bake ${HOSTILE}`).first().waitFor()
  await look('deploy', page)

  await page.goto(at('/pipelines/loaves'))
  await button('Promote to production…').click()
  await sheet().getByRole('checkbox', { name: 'bread-two' }).uncheck()
  await sheet().getByRole('checkbox', { name: 'bread-one' }).uncheck()
  assert.equal(await button('Promote', sheet()).isDisabled(), true)
  await sheet().getByRole('checkbox', { name: 'bread-one' }).check()
  await look('promotion-targets', page)
  await button('Promote', sheet()).click()
  await sheet().getByRole('link', { name: 'Open bread-one' }).waitFor()
  assert.equal(await sheet().getByRole('region').count(), 1)
  await button('Done', sheet()).click()
  await page.getByRole('article', { name: 'bread-two' }).getByText('No code yet').waitFor()
})

step('two releases are compared', async () => {
  assertSucceeds(await platform.sluice('config:set', 'OVEN=hot-and-secret', '-a', 'bread-staging'))
  await page.goto(at('/apps/bread-staging/releases'))
  await page.getByRole('link', { name: 'Compare two' }).click()
  const changes = page.getByRole('list', { name: 'Changes of config vars' })
  await changes.getByText('OVEN').waitFor()
  await changes.getByText('added').waitFor()
  await page.getByText('The very same slug.').waitFor()
  assert.equal(await page.getByText('hot-and-secret').count(), 0)
  await look('compare', page)
  const options = await page.getByLabel('From').locator('option').count()
  await page.getByLabel('From').selectOption({ index: options - 1 })
  await page.waitForURL(/from=1/)
})

step('who has access to an app', async () => {
  await page.goto(at('/apps/bread-one/access'))
  await button('Add collaborator').click()
  await sheet().getByLabel('E-mail address').fill('dan@example.com')
  await button('Add', sheet()).click()
  await closed()
  await button('Change dan@example.com').click()
  await sheet()
    .getByLabel(/^operate/)
    .uncheck()
  await look('app-access-change', page)
  await button('Save', sheet()).click()
  await page.getByText('collaborator: view, deploy', { exact: true }).waitFor()
  await look('app-access', page)
  assert.match(await refusalOf(button(`Remove ${BOB}`)), /by the role viewer/)

  await bobs.goto(at('/apps/bread-one/access'))
  assert.match(await refusalOf(button('Add collaborator', bobs)), /Your role \(viewer\)/)
  assert.match(await refusalOf(button('Lock', bobs)), /Your role \(viewer\)/)
  await bobs.getByRole('link', { name: 'Resources' }).click()
  assert.match(await refusalOf(button('One worker more', bobs)), /operate this app/)
  await bobs.getByRole('link', { name: 'Settings' }).click()
  await bobs.getByText('You may not see this').first().waitFor()
  assert.match(await refusalOf(button('Delete app…', bobs)), /manage this app/)
  await look('app-settings-viewer', bobs)

  await button('Remove dan@example.com').click()
  await button('Change dan@example.com').waitFor({ state: 'detached' })
  await button('Lock').click()
  await button('Unlock').waitFor()
  await bobs.goto(at('/apps/bread-one'))
  await bobs.getByText('There is no such thing here').waitFor()
  await button('Unlock').click()
  await button('Lock').waitFor()
})

step('an app is given to another person, who accepts', async () => {
  await page.goto(at('/apps/bread-two/access'))
  await button('Transfer…').click()
  await sheet().getByLabel('New owner').selectOption(ADA)
  await button('Transfer', sheet()).click()
  await region('Owner').getByText(ADA).waitFor()
  await button('Transfer…').click()
  await sheet().getByLabel('New owner').selectOption('Another person, once they accept')
  await sheet().getByLabel('E-mail address').fill(BOB)
  await button('Offer it', sheet()).click()
  await page.getByText(`Offered to ${BOB}`).waitFor()
  await bobs.goto(at(''))
  await button('Accept bread-two', bobs).waitFor()
  await look('offer', bobs)
  await button('Decline bread-two', bobs).click()
  await button('Accept bread-two', bobs).waitFor({ state: 'detached' })
})

step(
  'an app is renamed, moved, taken out, put in again, gets a database, and is deleted',
  async () => {
    await page.goto(at('/apps/bread-two/settings'))
    await page.getByLabel('Name of the app').fill('rolls')
    await button('Rename').click()
    await heading('rolls')
    await page.getByRole('link', { name: 'loaves', exact: true }).click()
    await button('What to do with rolls').click()
    await page.getByRole('menuitem', { name: 'Move to development' }).click()
    await region('Development').getByRole('article', { name: 'rolls' }).waitFor()
    await button('What to do with rolls').click()
    await page.getByRole('menuitem', { name: 'Remove from pipeline…' }).click()
    await button('Remove from pipeline', sheet()).click()
    await closed() // behind it the page has no roles
    await page.getByRole('article', { name: 'rolls' }).waitFor({ state: 'detached' })
    await page.goto(at('/apps/rolls/deploy'))
    await page
      .getByRole('combobox', { name: 'Pipeline', exact: true })
      .selectOption('A new pipeline')
    await page.getByLabel('Name of the new pipeline').fill('rolls')
    await page.getByRole('combobox', { name: 'Stage' }).selectOption('Production')
    await button('Create pipeline and join').click()
    await page.getByText('In the stage production of').waitFor()

    await tab('Resources')
    await button('Add add-on').click()
    await sheet().getByLabel('Plan').waitFor()
    await look('add-on', page)
    await button('Add', sheet()).click()
    await closed()
    await page.getByText('provisioned').waitFor()
    const remove = button(/^Remove /)
    const name = ((await remove.getAttribute('aria-label')) ?? '').replace('Remove ', '')
    await page.goto(at('/apps/bread-one/resources'))
    await button('Attach another app’s…').click()
    await sheet().getByLabel('Name here').fill('SHARED')
    await look('add-on-attach', page)
    await button('Attach', sheet()).click()
    await closed()
    await page.getByText('SHARED_URL').waitFor()
    await button('Detach SHARED').click()
    await page.getByText('SHARED_URL').waitFor({ state: 'detached' })
    await page.goto(at('/apps/rolls/resources'))
    await remove.click()
    await sheet().getByLabel(`Type ${name} to confirm`).fill(name)
    await button('Remove and delete its data', sheet()).click()
    await page.getByText('No add-ons').waitFor()

    await tab('Settings')
    await button('Delete app…').click()
    await sheet().getByLabel('Type rolls to confirm').fill('roll')
    assert.equal(await button('Delete app', sheet()).isDisabled(), true)
    await sheet().getByLabel('Type rolls to confirm').fill('rolls')
    await button('Delete app', sheet()).click()
    await heading('Home')
    await page.getByRole('link', { name: 'bread-one' }).waitFor()
    await page.goto(at('/pipelines/rolls/settings'))
    await button('Delete pipeline…').click()
    await sheet().getByLabel('Type rolls to confirm').fill('rolls')
    await button('Delete pipeline', sheet()).click()
    await heading('Home')
  },
)

step('the audit log is filtered and exported', async () => {
  await page.goto(at('/teams/bakers/audit'))
  await page.getByText('created team member').first().waitFor()
  await look('team-audit', page)
  await page.getByLabel('What').fill('team-invitation')
  await button('Filter').click()
  await page.waitForURL(/resource=team-invitation/)
  await page.getByText('created team member').first().waitFor({ state: 'detached' })
  await page.getByText('removed team invitation').first().waitFor()
  const coming = page.waitForEvent('download')
  await button('Export as CSV').click()
  const path = await (await coming).path()
  const text = await readFile(path, 'utf8')
  assert.match(text, /^id,created_at,result/)
  assert.match(text, /carol@example\.com/)
  await page.goto(at('/teams/bakers/audit?since=never'))
  await page.getByText('since is a day in UTC or a moment').waitFor()
})

step('tokens and sessions', async () => {
  await page.goto(at('/account'))
  await button('Create token').click()
  await sheet().getByLabel('What it is for').fill(HOSTILE)
  await button('Create token', sheet()).click()
  const token = await sheet().getByLabel('The token').inputValue()
  const asToken = (): Promise<number> =>
    fetch(`http://localhost:${platform.port}/account`, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.heroku+json; version=3',
      },
    }).then(({ status }) => status)
  assert.equal(await asToken(), 200)
  await look('token', page)
  await button('Done', sheet()).click()
  assert.equal(await page.getByText(token).count(), 0)
  await page.getByText(HOSTILE).waitFor()
  await look('account', page)
  await button(`Revoke ${HOSTILE}`).click()
  await page.getByText(HOSTILE).waitFor({ state: 'detached' })
  assert.equal(await asToken(), 401)

  await button('Add SSH key').click()
  await sheet().getByLabel('Public key').fill('ssh-ed25519 no-key')
  await button('Add SSH key', sheet()).click()
  await sheet().getByRole('alert').waitFor()
  await sheet().getByLabel('Public key').fill(SSH_KEY)
  await button('Add SSH key', sheet()).click()
  await closed()
  await button('Remove ada@laptop').waitFor()
  await button('Create OAuth client').click()
  await sheet().getByLabel('Name').fill(HOSTILE)
  await sheet().getByLabel('Where it takes people back').fill('https://bread.example/back')
  await button('Create OAuth client', sheet()).click()
  const secret = await sheet().getByLabel('Its secret').inputValue()
  await button('Done', sheet()).click()
  await button(`New secret for ${HOSTILE}`).click()
  await button('Make a new secret', sheet()).click()
  assert.notEqual(await sheet().getByLabel('Its secret').inputValue(), secret)
  await button('Done', sheet()).click()
  await look('account-keys', page)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('ssh')
  await page.keyboard.press('Enter')
  await page.waitForURL(/account#ssh-keys$/)
  for (const name of ['ada@laptop', HOSTILE]) {
    await button(`Remove ${name}`).click()
    await button(`Remove ${name}`).waitFor({ state: 'detached' })
  }

  await button(/^Sign out .* on Linux at /)
    .first()
    .click()
  await page.waitForURL(/\/sign-in\?next=%2Fdashboard%2Faccount/)
  await signIn(page, ADA)
  await heading('Account')
})

endsWell()
