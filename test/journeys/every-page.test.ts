import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { routes } from '#/api/routes.ts'
import { ADA, BUILDPACK, dashboardJourney, setUpOperator } from '../support/dashboard.ts'
import { listViolations } from '../support/look-at.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'

/**
 * Every page that there is, of the dashboard and around it, is opened once and held to axe. They are taken from the
 * routes themselves: a new page is visited too, and one with an unknown parameter fails until it is said here.
 */
const ROUTER = join(import.meta.dirname, '../../src/web/router.tsx')
const ROUTE = /const (\w+) = createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*path: '([^']*)'/g

let platform: TestPlatform
let page: Page
let stranger: Page
const { step, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  page = await aPerson()
  stranger = await aPerson()
})
const origin = (): string => `http://localhost:${platform.port}`
/** By their names in the router. */
const params: Record<string, string> = {
  app: 'oven',
  pipeline: 'oven',
  stage: 'staging',
  team: 'bakers',
  version: '2',
}
const hold = async (one: Page, what: string): Promise<void> =>
  assert.deepEqual(await listViolations(one, what), [])

step('a platform where each page has something to show', async () => {
  await setUpOperator(platform, page)
  const sluice = async (...args: string[]): Promise<string> =>
    assertSucceeds(await platform.sluice(...args)).stdout
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  await sluice('teams:create', 'bakers')
  for (const app of ['oven', 'shop']) await sluice('apps:create', app, '--no-remote')
  await sluice('pipelines:create', 'oven', '-a', 'oven', '-s', 'staging')
  await sluice('pipelines:add', 'oven', '-a', 'shop', '-s', 'production')
  await sluice('buildpacks:set', `file://${buildpack}`, '-a', 'oven')
  const source = await platform.aRepository('source', { files: { Procfile: 'job: true\n' } })
  const remote = `https://localhost:${platform.port}/oven.git`
  assertSucceeds(await platform.git(source, 'push', remote, 'main'))
  await sluice('pipelines:promote', '-a', 'oven')
  const first = async (path: string): Promise<string> =>
    page.evaluate<string>(
      `fetch('${path}', { headers: { accept: 'application/vnd.heroku+json; version=3' } })
        .then((answer) => answer.json()).then(([one]) => one.id)`,
    )
  params['build'] = await first('/apps/oven/builds')
  params['promotion'] = await first('/pipelines/oven/promotions')
})

step('every page of the dashboard', async () => {
  const paths = pathsOf(await readFile(ROUTER, 'utf8'))
  assert.ok(paths.length > 30, `only ${paths.length} routes were found in the router`)
  for (const path of paths) {
    const filled = path.replaceAll(/\$(\w+)/g, (_, name: string) => {
      assert.ok(params[name], `${path} has a parameter that is not known here`)
      return params[name]
    })
    await page.goto(`${origin()}/dashboard${filled}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const waits = page.locator('main').getByRole('status', { name: /^Loading/ })
    await waits.first().waitFor({ state: 'detached' })
    const failed = page.getByText(/^(There is no such thing here|That did not work)$/)
    assert.equal(await failed.count(), 0, `${filled} shows a failure`)
    await hold(page, filled)
  }
})

/** The whole path of each route that has a page; what is only around others has the path of its first child. */
const pathsOf = (router: string): string[] => {
  const found = new Map(
    [...router.matchAll(ROUTE)].map(([, name = '', parent = '', path = '']) => [
      name,
      { parent, path },
    ]),
  )
  assert.equal(found.size, router.match(/createRoute\(/g)?.length, 'routes that are written so')
  const whole = (name: string): string => {
    const route = found.get(name)
    return route ? `${whole(route.parent)}${route.path}` : ''
  }
  return [...new Set([...found.keys()].map((name) => whole(name).replace(/(?<=.)\/$/, '')))]
}

step('every page around it, to whoever is signed in and to strangers', async () => {
  const paths = routes
    .filter(({ method, path }) => method === 'GET' && !path.startsWith('/dashboard'))
    .map(({ path }) => path.replaceAll(/:\w+|\*/g, 'x'))
  const seen: string[] = []
  for (const path of paths) {
    const { status, headers } = await fetch(origin() + path, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
      method: path.endsWith('event-stream') ? 'HEAD' : 'GET',
    })
    const leadsOn = status === 302 && headers.get('location')?.startsWith('/')
    if (!leadsOn && !headers.get('content-type')?.startsWith('text/html')) continue
    seen.push(path)
    for (const [one, who] of [
      [page, 'signed in'],
      [stranger, 'a stranger'],
    ] as const) {
      await one.goto(origin() + path)
      await one.getByRole('heading', { level: 1 }).waitFor()
      await hold(one, `${path}, ${who}`)
    }
  }
  for (const path of ['/sign-in', '/settings', '/reset', '/reset/x', '/setup/x', '/auth/browser/x'])
    assert.ok(seen.includes(path), `${path} was not visited: ${seen.join(' ')}`)
})

step('what a command line that asks to be let in is answered', async () => {
  for (const [answer, title] of [
    ['Approve', 'Approved'],
    ['Deny', 'Denied'],
  ] as const) {
    const asked = await fetch(`${origin()}/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ description: 'an oven' }),
    })
    const { browser_url: path } = (await asked.json()) as { browser_url: string }
    await page.goto(new URL(path, origin()).href)
    await hold(page, 'a command line asks')
    await page.getByRole('button', { name: answer }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    await hold(page, title)
  }
})

step('who has forgotten the password gets a link to a new one', async () => {
  const { stdout } = assertSucceeds(await platform.sluice('accounts:reset', ADA))
  await stranger.goto(/http:\S+\/reset\/[0-9a-f]{64}/.exec(stdout)?.[0] ?? '')
  await stranger.getByRole('button').first().waitFor()
  await hold(stranger, 'a new password')
})

endsWell()
