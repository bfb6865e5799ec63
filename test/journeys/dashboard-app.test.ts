import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aCertificate } from '../support/certificates.ts'
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
} from '../support/dashboard.ts'
import { assertSucceeds, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** How an app fares and what it is made of: its numbers, a shell in it, its buildpacks, domains and certificates. */
const APP = 'bread'
/** Prints at once, and is at it for long. */
const SLOW = {
  'bin/detect': '#!/bin/sh\necho Slow\n',
  'bin/compile': "#!/bin/sh\nprintf '\\033[32mkneading\\033[0m\\n'; exec sleep 600\n",
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SERVER = String.raw`import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == '/gone' else 200); self.end_headers()
        self.wfile.write(b'bread')
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

let platform: TestPlatform
let page: Page
let bobs: Page
const { step, look, endsWell } = dashboardJourney(async (started, aPerson) => {
  platform = started
  await platform.aRepository('buildpack', { files: BUILDPACK })
  page = await aPerson()
  bobs = await aPerson()
})
const { button, region, sheet, tab } = finders(() => page)
const at = (path: string): string => `http://localhost:${platform.port}/dashboard${path}`
/** What a terminal shows. */
const untilShown = (text: string | RegExp, of: Page = page): Promise<void> =>
  of.locator('.xterm-rows').getByText(text).first().waitFor()

step('a team with an app, and somebody who works on it', async () => {
  await setUpOperator(platform, page)
  await page.getByText('No apps yet').waitFor()
  await page.goto(at('/new/team'))
  await page.getByLabel('Name').fill('bakers')
  await button('Create team').click()
  await button('Invite').click()
  await sheet().getByLabel('E-mail address').fill(BOB)
  await button('Invite', sheet()).click()
  const link = await sheet().getByLabel(`Link for ${BOB}`).inputValue()
  await button('Done', sheet()).click()
  await acceptInvitation(bobs, link)
  assertSucceeds(await platform.sluice('apps:create', APP, '--team', 'bakers', '--no-remote'))
})

step('an app without code has nothing to measure and nothing to run', async () => {
  await page.goto(at(`/apps/${APP}/metrics`))
  await page.getByText('Nothing was measured of web').waitFor()
  await look('metrics-empty', page)
  await tab('Run')
  await region('Run').getByText('No code yet').waitFor()
})

step('buildpacks are added, ordered and removed', async () => {
  await tab('Settings')
  const buildpacks = region('Buildpacks')
  await buildpacks.getByText('None is set').waitFor()
  const add = async (name: string): Promise<void> => {
    await buildpacks.getByLabel('Add a buildpack').fill(name)
    await button('Add buildpack', buildpacks).click()
  }
  await add('heroku/nodejs')
  await button('Remove heroku/nodejs', buildpacks).waitFor()
  await add(`no such ${HOSTILE}`)
  await buildpacks.getByRole('alert').waitFor()
  await add(`file://${platform.home}/buildpack`)
  const own = `file://${platform.home}/buildpack`
  await button(`Move ${own} up`, buildpacks).click()
  await buildpacks.getByText(`1. ${own}`).waitFor()
  await button('Remove heroku/nodejs', buildpacks).click()
  await button('Remove heroku/nodejs', buildpacks).waitFor({ state: 'detached' })
})

step('a domain gets a certificate', async () => {
  const { certificate, key } = await aCertificate({ names: ['bread.example'] })
  await button('Add certificate', region('Certificates')).click()
  await sheet().getByLabel('Certificate and its chain').fill('no certificate')
  await sheet().getByLabel('Private key').fill(key)
  await button('Add', sheet()).click()
  await sheet().getByRole('alert').waitFor()
  await sheet().getByLabel('Certificate and its chain').fill(certificate)
  await button('Add', sheet()).click()
  await region('Certificates')
    .getByText(/^Valid until|^Expired/)
    .waitFor()

  const domains = region('Domains')
  await domains.getByLabel('Add a domain').fill(HOSTILE)
  await button('Add domain', domains).click()
  await domains.getByRole('alert').waitFor()
  await domains.getByLabel('Add a domain').fill('bread.example')
  await button('Add domain', domains).click()
  await domains.getByText('Point its DNS to').waitFor()
  const choice = domains.getByLabel('Certificate of bread.example')
  await choice.selectOption({ index: 1 })
  const shown = async (): Promise<string> =>
    assertSucceeds(await platform.sluice('domains', '-a', APP, '--json')).stdout
  await until(async () => /"sni_endpoint":\s*\{/.test(await shown()), { limitMs: 30_000 })
  await look('settings-app', page)
  await button('Remove bread.example', domains).click()
  await domains.getByText('Point its DNS to').waitFor({ state: 'detached' })
})

let source: string

step('what visitors ask for is seen in numbers', async () => {
  source = await platform.aRepository('bread', {
    files: { Procfile: 'web: exec python3 server.py\n', 'server.py': SERVER },
  })
  await platform.git(
    source,
    'remote',
    'add',
    'sluice',
    `https://localhost:${platform.port}/${APP}.git`,
  )
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
  await until(async () => (await platform.request(APP)).status === 200, { limitMs: 60_000 })
  for (let count = 0; count < 20; count++) await platform.request(APP, '/gone')
  await tab('Metrics')
  const requests = region('Requests')
  const isCounted = async (): Promise<boolean> => {
    if ((await requests.count()) === 0) return false
    return /4xx\s*[\d.]+ now, (?!0 )[\d.]+ at most/.test(await requests.innerText())
  }
  await until(
    async () => {
      await page.reload()
      await page.getByRole('heading', { name: 'Metrics' }).waitFor()
      await requests.waitFor({ timeout: 3_000 }).catch(() => {})
      return isCounted()
    },
    { limitMs: 90_000, everyMs: 1_000, what: 'the requests in the chart' },
  )
  await until(async () => /ms/.test(await region('Response time').innerText()))
  await region('Requests').getByText('As a table').click()
  await requests.getByRole('columnheader', { name: '4xx' }).waitFor()
  await page.getByText(/Releases in this time/).waitFor()
  await look('metrics', page)
  await page.getByLabel('Time', { exact: true }).selectOption('The last 7 days')
  await requests.waitFor()
})

step(
  'a branch that was pushed is deployed from the page, and once more from a terminal',
  async () => {
    await platform.git(source, 'checkout', '--quiet', '-b', 'rye')
    await writeFile(join(source, 'server.py'), SERVER.replace("b'bread'", "b'rye'"))
    await platform.commit(source, `Bake rye ${HOSTILE}`)
    assertSucceeds(await platform.git(source, 'push', 'sluice', 'rye'))
    await tab('Deploy')
    const deploy = region('Deploy a branch')
    const branch = deploy.getByLabel('Branch', { exact: true })
    await deploy.getByText('Runs now').waitFor()
    await until(async () => (await branch.locator('option').count()) === 2, { limitMs: 60_000 })
    await branch.selectOption('rye')
    await deploy.getByText(`Bake rye ${HOSTILE}`).waitFor()
    await look('deploy-branch', page)
    await button('Deploy branch', deploy).click()
    const built = region('Last build')
    await built.getByText(/^rye · /).waitFor()
    await deploy.getByText('Runs now').waitFor()
    await built.getByRole('log').getByText('building').waitFor()
    const steps = built.getByRole('list', { name: 'Steps' })
    await steps.getByText('Compile by Plain').waitFor()
    await steps.getByText('Compress').waitFor()
    await look('deploy-branch-done', page)
    const popup = page.waitForEvent('popup')
    await built.getByRole('link', { name: 'View', exact: true }).click()
    assert.match((await popup).url(), new RegExp(APP))
    await (await popup).close()
    await until(async () => (await platform.request(APP)).body === 'rye', { limitMs: 60_000 })
    await built.getByRole('link', { name: 'All builds' }).click()
    await page.getByText(/^rye · /).waitFor()
    await look('builds', page)

    const again = await platform.sluice('builds:create', '-a', APP, '--branch', 'main')
    assert.match(assertSucceeds(again).stdout, /Released v\d+ of bread/)
    await until(async () => (await platform.request(APP)).body === 'bread', { limitMs: 60_000 })
    const refused = await platform.sluice('builds:create', '-a', APP, '--branch', 'main~1')
    assert.match(refused.stderr, /main~1 is no name of a branch/)
    await platform.git(source, 'checkout', '--quiet', 'main')
  },
)

step('a build is cancelled, and a failed one says why', async () => {
  await tab('Settings')
  const buildpacks = region('Buildpacks')
  const slow = `file://${await platform.aRepository('slow', { files: SLOW })}`
  await buildpacks.getByLabel('Add a buildpack').fill(slow)
  await button('Add buildpack', buildpacks).click()
  await button(`Remove ${slow}`, buildpacks).waitFor()
  await tab('Deploy')
  await button('Deploy branch').click()
  const built = region('Last build')
  await built.getByText('Compile by Slow').waitFor()
  await built.locator('.ansi-green').getByText('kneading').waitFor()
  await look('build-running', page)
  await button('Cancel build', built).click()
  await built.getByRole('alert').getByText(`Canceled by ${ADA}.`).waitFor()
  await look('build-cancelled', page)
  await tab('Settings')
  await button(`Remove ${slow}`, buildpacks).click()
  await button(`Remove ${slow}`, buildpacks).waitFor({ state: 'detached' })
})

step(
  'how the router serves the app is set: HTTPS, a password, limits; and its features',
  async () => {
    const traffic = region('Traffic')
    await button('Close to the public…', traffic).click()
    await button('Make a password', sheet()).click()
    assert.match(await sheet().getByLabel(`Password for ${APP}`).inputValue(), /.{16}/)
    await look('password', page)
    await button('Done', sheet()).click()
    await traffic.getByText('Closed to the public').waitFor()
    await until(async () => (await platform.request(APP)).status === 401, { limitMs: 30_000 })
    await button('Open to the public', traffic).click()
    await traffic.getByText('Anybody who knows its address').waitFor()
    await until(async () => (await platform.request(APP)).status === 200, { limitMs: 30_000 })
    await traffic.getByLabel('Requests at once').fill('20')
    await traffic.getByLabel('Seconds to drain').fill('5')
    await button('Save limits', traffic).click()
    const shown = async (): Promise<string> =>
      assertSucceeds(await platform.sluice('traffic', '-a', APP)).stdout
    await until(async () => /Requests at once:\s+20\n.*Drain:\s+5 s/s.test(await shown()))
    await traffic.getByLabel('Seconds to drain').fill('6')
    const sent = await sentBy(page, () => button('Save limits', traffic).click())
    assert.deepEqual(sent, { drain_seconds: 6 }, 'what somebody else changed meanwhile stays')
    await traffic.getByRole('switch', { name: 'HTTPS only' }).check()
    await traffic.getByRole('switch', { name: 'HTTPS only', checked: true }).waitFor()
    const affinity = region('Features').getByRole('switch', { name: 'HTTP session affinity' })
    await affinity.check()
    await until(async () =>
      /http-session-affinity\s+on/.test(
        assertSucceeds(await platform.sluice('features', '-a', APP)).stdout,
      ),
    )
    await region('Features').getByRole('switch', { name: 'Deploys overlap' }).uncheck()
    await region('Features')
      .getByRole('switch', { name: 'Deploys overlap', checked: false })
      .waitFor()
    await look('settings-traffic', page)
    await region('Features').getByRole('switch', { name: 'Deploys overlap' }).check()
    await traffic.getByRole('switch', { name: 'HTTPS only' }).uncheck()
    await traffic.getByRole('switch', { name: 'HTTPS only', checked: false }).waitFor()
  },
)

step('the log is drained elsewhere, and a CI system gets a token of its own', async () => {
  const drains = region('Log drains')
  await drains.getByLabel('Add a log drain').fill(`ftp://${HOSTILE}`)
  await button('Add log drain', drains).click()
  await drains.getByRole('alert').waitFor()
  await drains.getByLabel('Add a log drain').fill('https://ada:secret@logs.example/bread')
  await button('Add log drain', drains).click()
  const remove = button('Remove https://logs.example/bread', drains)
  await remove.waitFor()
  assert.doesNotMatch(await drains.innerText(), /secret/)
  await drains.scrollIntoViewIfNeeded()
  await look('log-drains', page)
  assert.match(assertSucceeds(await platform.sluice('drains', '-a', APP)).stdout, /logs\.example/)
  await remove.click()
  await drains.getByText('The log goes nowhere else.').waitFor()

  await tab('Access')
  const tokens = region('Deploy tokens')
  await button('Create deploy token', tokens).click()
  await sheet().getByLabel('What it is for').fill(HOSTILE)
  await button('Create deploy token', sheet()).click()
  assert.match(await sheet().getByLabel('The token').inputValue(), /.{30}/)
  await button('Done', sheet()).click()
  await tokens.getByText('never used').waitFor()
  await look('deploy-tokens', page)
  await button(`Revoke ${HOSTILE}`, tokens).click()
  await tokens.getByText('No deploy tokens').waitFor()
  await tab('Settings')
})

step('a config var is marked, and a process type gets another size', async () => {
  const vars = region('Config vars')
  await button('Add config var', vars).click()
  await sheet().getByLabel('Name').fill('GREETING')
  await sheet().getByLabel('Value').fill(HOSTILE)
  await button('Save', sheet()).click()
  await vars.getByLabel('GREETING in the log').selectOption('Log: taken out')
  const marks = async (): Promise<string> =>
    assertSucceeds(await platform.sluice('config:mark', '-a', APP)).stdout
  await until(async () => /GREETING:\s+secret/.test(await marks()))
  await tab('Resources')
  await page.getByLabel('Size of web').selectOption('Standard-2X, 1 GB')
  await until(async () =>
    /Standard-2X/.test(assertSucceeds(await platform.sluice('ps', '-a', APP, '--json')).stdout),
  )
  await look('resources', page)
})

step('what was done is told with what it changed', async () => {
  await tab('Activity')
  const row = page
    .getByRole('listitem')
    .filter({ hasText: /changed formation/ })
    .first()
  await row.getByText('What changed').click()
  await row.locator('del').getByText('Standard-1X').waitFor()
  await row.locator('ins').getByText('Standard-2X').waitFor()
  await look('activity-diff', page)
  await tab('Releases')
  await page.getByRole('link', { name: 'v2', exact: true }).click()
  await button('Roll back to v2').waitFor()
  await look('release', page)
  await page.getByRole('link', { name: 'Compare with v1' }).click()
  await page.waitForURL(/from=1&to=2/)
})

step('dynos are started anew, and the next build without a cache', async () => {
  const dynos = async (): Promise<string[]> => {
    const { stdout } = assertSucceeds(await platform.sluice('ps', '-a', APP, '--json'))
    return (JSON.parse(stdout) as { id: string; state: string }[])
      .filter(({ state }) => state === 'up')
      .map(({ id }) => id)
  }
  const [before] = await until(async () => ((await dynos()).length === 1 ? dynos() : undefined))
  await tab('Overview')
  await look('overview-app', page)
  await button('Restart web.1').click()
  await until(
    async () => {
      const now = await dynos()
      return now.length === 1 && now[0] !== before
    },
    { limitMs: 60_000, everyMs: 500, what: 'another dyno' },
  )
  await tab('Builds')
  await button('Clear build cache').click()
  await page.getByText('The next build begins without a cache.').waitFor()
})

step('the log is kept as a file', async () => {
  await tab('Logs')
  await page.getByRole('log').getByText('heroku[router]').first().waitFor()
  await page.getByLabel('Text').fill('/gone')
  await page.getByRole('log').getByText('Build succeeded').first().waitFor({ state: 'detached' })
  await page.getByRole('log').getByText('heroku[router]').nth(5).waitFor()
  const saved = page.waitForEvent('download')
  await button('Download').click()
  const file = await saved
  assert.equal(file.suggestedFilename(), `${APP}.log`)
  const text = await readFile(await file.path(), 'utf8')
  assert.match(text, /^\S+ heroku\[router\] .*path="\/gone"/)
})

step('a shell runs in the browser, and its exit code is told', async () => {
  await tab('Run')
  await button('Run').click()
  await page.getByText(/^bash in run\.\d+/).waitFor()
  await untilShown(/\$/)
  await page.keyboard.type(
    `echo "$((40 + 2)) ${HOSTILE}"; printf '\\033[38;2;255;0;0mred\\033[0m\\n'\n`,
  )
  await untilShown(/^42 <img src=x/)
  await look('run', page)
  const before = await until(
    async () => {
      const now = await sizeIn(page)
      return Number(now.split(' ')[1]) > 100 ? now : undefined // what it was on a phone may still be on its way
    },
    { limitMs: 30_000, everyMs: 500 },
  )
  await page.setViewportSize({ width: 700, height: 860 })
  const after = await until(
    async () => {
      const now = await sizeIn(page)
      return now === before ? undefined : now
    },
    { limitMs: 30_000, everyMs: 500 },
  )
  assert.ok(Number(after.split(' ')[1]) < Number(before.split(' ')[1]), `${before} → ${after}`)
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.keyboard.type('exit 7\n')
  await page.getByText('Ended with exit code 7.').waitFor()
  await page.getByLabel('Command').fill('echo done')
  await button('Run again').click()
  await untilShown('done')
  await page.getByText('Ended with exit code 0.').waitFor()
})

/** What `stty size` says: lines and columns. */
const sizeIn = async (of: Page): Promise<string> => {
  const mark = `size${Math.random().toString(36).slice(2, 8)}`
  await of.keyboard.type(`echo ${mark}=$(stty size)=\n`)
  const found = of.locator('.xterm-rows').getByText(new RegExp(`^${mark}=\\d+ \\d+=`))
  return /=(\d+ \d+)=/.exec(await found.first().innerText())?.[1] ?? ''
}

step('no other site opens a terminal', async () => {
  const statusFor = async (headers: Record<string, string>): Promise<number | undefined> => {
    const asked = httpRequest({
      port: platform.port,
      path: '/rendezvous',
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    }).end()
    const answer = await Promise.race([
      once(asked, 'response').then(([response]) => response),
      once(asked, 'upgrade').then(([response, socket]) => {
        socket.destroy()
        return response
      }),
    ])
    return answer.statusCode
  }
  assert.equal(await statusFor({ origin: 'https://evil.example' }), 403)
  assert.equal(await statusFor({}), 403)
  assert.equal(await statusFor({ origin: `http://localhost:${platform.port}` }), 101)
})

step('who loses the role loses the shell', async () => {
  await bobs.goto(at(`/apps/${APP}/run`))
  await button('Run', bobs).click()
  await untilShown(/\$/, bobs)
  await page.goto(at('/teams/bakers'))
  await page.getByLabel(`Role of ${BOB}`).selectOption('Viewer')
  await bobs.getByText('The connection has ended before the command').waitFor()
  const again = button(/^Run/, bobs)
  await until(() => again.isDisabled(), { limitMs: 30_000 })
  assert.match((await again.getAttribute('title')) ?? '', /Your role \(viewer\) may not run a dyno/)
  await look('run-forbidden', bobs)
  await bobs.goto(at(`/apps/${APP}/metrics`))
  await bobs.getByText('You may not see this').waitFor()
  await bobs.goto(at(`/apps/${APP}/settings#log-drains`))
  await region('Log drains', bobs)
    .getByText(/may not operate this app/)
    .waitFor()
  await bobs.goto(at(`/apps/${APP}/access`))
  assert.match(await refusalOf(button('Create deploy token', bobs)), /may not manage this app/)
})

endsWell()
