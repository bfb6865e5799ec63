import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { ADA, dashboardJourney, finders, setUpOperator, signIn } from '../support/dashboard.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** What one types stays in its field, whatever happens meanwhile, and reaches the field that one sees. */
const LIMIT_MS = 20_000
const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 860 }

let platform: TestPlatform
let page: Page
const { step, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  page = await aPerson()
})
const { button, sheet } = finders(() => page)
const at = (path: string): string => `http://localhost:${platform.port}/dashboard${path}`

/** As somebody else's page would. */
const call = (method: string, path: string, body?: unknown): Promise<{ id: string }> =>
  page.evaluate<{ id: string }>(`fetch(${JSON.stringify(path)}, {
    method: '${method}',
    headers: { accept: 'application/vnd.heroku+json; version=3', 'content-type': 'application/json' },
    ${body === undefined ? '' : `body: ${JSON.stringify(JSON.stringify(body))},`}
  }).then(async (answer) => {
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  })`)
const hasFocus = (of: Locator): Promise<boolean> =>
  of.evaluate((element) => element.matches(':focus'))
const untilFocused = (of: Locator): Promise<unknown> =>
  until(() => hasFocus(of), { limitMs: LIMIT_MS, what: 'the field having the focus' })

step('a platform with a pipeline and a team', async () => {
  await setUpOperator(platform, page)
  const sluice = async (...args: string[]): Promise<unknown> =>
    assertSucceeds(await platform.sluice(...args))
  await sluice('teams:create', 'bakers')
  await sluice('apps:create', 'bread', '--no-remote')
  await sluice('pipelines:create', 'bread', '-a', 'bread', '-s', 'staging')
})

/** A field that counts as hidden, if only for a frame, is left by the browser some time later, with what is typed then. */
const COUNT_LOSSES = `globalThis.losses = 0
document.addEventListener('focusout', ({ target }) => {
  if (target instanceof HTMLInputElement) losses++
})`

for (const [what, from, open] of [
  [
    'a sheet',
    '/pipelines/bread',
    async () => {
      await button('Add app to Staging').click()
      await page.getByRole('link', { name: 'Create a new app here' }).click()
    },
  ],
  [
    'a menu',
    '',
    async () => {
      await button('New').click()
      await page.getByRole('menuitem', { name: 'Create new app' }).click()
    },
  ],
] as const)
  for (const delayMs of [0, 500])
    step(
      `whoever comes to a form by ${what} types at once, its page ${delayMs} ms late`,
      async () => {
        const typed = `from-${what.replace('a ', '')}-${delayMs}-with-a-long-name`
        await page.context().route(/new-app-page/, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          await route.continue()
        })
        await page.emulateMedia({ reducedMotion: delayMs === 0 ? 'reduce' : 'no-preference' })
        await page.goto(at(from))
        await page.evaluate(COUNT_LOSSES)
        await open()
        const name = page.getByLabel('Name')
        await name.waitFor()
        await untilFocused(name)
        await page.keyboard.type(typed, { delay: 15 })
        assert.equal(await name.inputValue(), typed)
        assert.equal(await page.evaluate('losses'), 0, 'it has had the focus, and lost it')
        await page.context().unroute(/new-app-page/)
      },
    )

/** What the page is told while somebody types, and what its window goes through. */
const disturb = async (meanwhile: () => Promise<unknown>): Promise<void> => {
  const asked = page.waitForResponse(
    (answer) => answer.request().method() === 'GET' && !answer.url().includes('stream'),
  )
  await meanwhile()
  await call('POST', '/apps', {})
  await asked
  for (const viewport of [PHONE, DESKTOP])
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
    }
  await loseConnection()
}

const loseConnection = async (): Promise<void> => {
  const { stdout } = await platform.sluice('status', '--json')
  const { processes } = JSON.parse(stdout) as { processes: { name: string; pid: number }[] }
  const pid = processes.find(({ name }) => name === 'control-plane')?.pid
  assert.ok(pid)
  const notice = page.getByText('The connection is lost.')
  process.kill(pid, 'SIGKILL')
  await notice.waitFor()
  const again = page.waitForResponse((answer) => answer.url().endsWith('/account'))
  await notice.waitFor({ state: 'detached' })
  await again
}

type Typing = {
  form: string
  /** Leads to the field. */
  open: () => Promise<Locator>
  text: string
  /** What somebody else does to the same thing. */
  meanwhile?: () => Promise<unknown>
}

const inSheet = async (path: string, action: string, label: string): Promise<Locator> => {
  await page.goto(at(path))
  await button(action).click()
  return sheet().getByLabel(label, { exact: true })
}
const onPage = async (path: string, label: string): Promise<Locator> => {
  await page.goto(at(path))
  return page.getByLabel(label, { exact: true })
}

const TYPINGS: Typing[] = [
  { form: 'a new app', open: () => onPage('/new/app', 'Name'), text: 'croissant' },
  { form: 'a new pipeline', open: () => onPage('/new/pipeline', 'Name'), text: 'croissants' },
  {
    form: 'a config var',
    open: () => inSheet('/apps/bread/settings', 'Add config var', 'Value'),
    text: 'postgres://flour',
    meanwhile: () => call('PATCH', '/apps/bread/config-vars', { YEAST: 'fresh' }),
  },
  {
    form: 'a domain',
    open: () => onPage('/apps/bread/settings', 'Add a domain'),
    text: 'www.bread.example',
    meanwhile: () =>
      call('POST', '/apps/bread/domains', { hostname: 'other.bread.example', sni_endpoint: null }),
  },
  {
    form: 'limits of the traffic',
    open: () => onPage('/apps/bread/settings', 'Requests at once'),
    text: '77',
    meanwhile: () => call('PATCH', '/apps/bread/traffic', { https_only: true, drain_seconds: 9 }),
  },
  {
    form: 'a collaborator',
    open: () => inSheet('/apps/bread/access', 'Add collaborator', 'E-mail address'),
    text: 'bob@example.com',
  },
  {
    form: 'the policy of a stage',
    open: () => onPage('/pipelines/bread/stages/staging', 'Other findings, by their codes'),
    text: 'config.*',
    meanwhile: () => call('PATCH', '/pipelines/bread/stages/staging', { name: 'proving' }),
  },
  {
    form: 'a webhook',
    open: () => inSheet('/pipelines/bread/settings', 'Add webhook', 'URL'),
    text: 'https://hooks.example.com/bread',
  },
  {
    form: 'an invitation',
    open: () => inSheet('/teams/bakers', 'Invite', 'E-mail address'),
    text: 'carol@example.com',
    meanwhile: () =>
      call('PUT', '/teams/bakers/invitations', { email: 'dan@example.com', role: 'member' }),
  },
  {
    form: 'the name of a team',
    open: () => onPage('/teams/bakers/settings', 'Name of the team'),
    text: 'millers',
    meanwhile: () => call('PATCH', '/teams/bakers', { name: 'confectioners' }),
  },
  {
    form: 'the name of an app',
    open: () => onPage('/apps/bread/settings', 'Name of the app'),
    text: 'baguette',
    meanwhile: () => call('PATCH', '/apps/bread', { name: 'brioche' }),
  },
]

for (const { form, open, text, meanwhile = async () => {} } of TYPINGS)
  step(`what is typed for ${form} stays, and so does the focus`, async () => {
    const field = await open()
    await field.fill(text)
    const before = await field.elementHandle()
    await disturb(meanwhile)
    assert.equal(await field.inputValue(), text)
    assert.ok(await hasFocus(field), 'it has lost the focus')
    const isSame = await field.evaluate((now, then) => now === then, before)
    assert.ok(isSame, 'it is another field')
  })

step('what is typed outlives the session, and is sent with the next one', async () => {
  const field = await inSheet('/apps/brioche/settings', 'Add config var', 'Value')
  await sheet().getByLabel('Name').fill('RECIPE')
  await field.fill('a long one')
  await page.context().clearCookies()
  await button('Save').click()
  await sheet().getByRole('alert').getByText('Your session has ended').waitFor()
  assert.equal(await field.inputValue(), 'a long one')
  const other = await page.context().newPage()
  await other.goto(at('').replace('/dashboard', '/sign-in'))
  await signIn(other, ADA)
  await other.getByRole('heading', { name: 'Home' }).waitFor()
  await other.close()
  await button('Save').click()
  await sheet().waitFor({ state: 'detached' })
  await button('Reveal RECIPE').waitFor()
  await page.getByText('Your session has ended').waitFor({ state: 'detached' })
})

endsWell()
