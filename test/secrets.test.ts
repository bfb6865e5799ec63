import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { pino } from 'pino'
import { hashPassword } from '#/foundation/password-hash.ts'
import { setPasswordHash } from '#/platform/sign-in/password-store.ts'
import { reachOf, scopeOf } from '#/api/check-token.ts'
import { createApi } from '#/api/create-api.ts'
import { routes } from '#/api/routes.ts'
import { anApp, aServingRelease, aTeam } from './support/apps.ts'
import { aPipeline } from './support/pipelines.ts'
import { aBrowser, logIn, passAttempts } from './support/sign-in.ts'
import { aTestPlatform } from './support/test-platform.ts'

/** Secrets are planted wherever the platform takes or makes one, then looked for wherever it keeps or shows something. */
const test_ = await aTestPlatform()
const { platform, call, token } = test_
const { db } = platform

const aCanary = (): string => `canary-${randomBytes(8).toString('hex')}`

const config = aCanary()
const app = await anApp(test_)
await aServingRelease(test_, app, { web: 'serve', release: 'migrate' })
await call('PATCH', `/apps/${app.name}/config-vars`, { SECRET: config, URL: `x://u:${config}@h` })
const release = (await call('GET', `/apps/${app.name}/releases`)).json().at(-1)
const pipeline = await aPipeline(test_)
await call('PATCH', `/apps/${pipeline.staging.name}/config-vars`, { SECRET: config })
const coupling = (await call('GET', '/pipeline-couplings')).json()[0]
const promotion = (
  await call('POST', '/pipeline-promotions', {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: [{ app: { id: pipeline.production.id } }],
  })
).json()

const post = async (path: string, body: object = {}) => {
  const made = await call('POST', path, body)
  assert.ok(made.statusCode < 300, made.body)
  return made.json()
}
const authorization = await post('/oauth/authorizations', { scope: ['read'] })
const rotated = await post(`/oauth/authorizations/${authorization.id}/actions/regenerate-tokens`)
const client = await post('/oauth/clients', { name: 'x', redirect_uri: 'https://example.com/' })
const rotatedClient = await post(`/oauth/clients/${client.id}/actions/rotate-credentials`)
const ofApp = await post(`/apps/${app.name}/deploy-tokens`)
const ofPipeline = await post(`/pipelines/${pipeline.id}/deploy-tokens`)
const dyno = await post(`/apps/${app.name}/dynos`, {
  command: 'env',
  attach: true,
  env: { A: config },
})

/** Somebody who signs in, by the CLI and by a browser, mistypes, and sets up a second factor. */
const password = aCanary()
const mistyped = aCanary()
await setPasswordHash(db, test_.actor.accountId ?? '', await hashPassword(password))
const { name: email } = test_.actor
assert.equal((await logIn(test_, email, mistyped)).statusCode, 401)
await passAttempts(test_, '1 hour')
const login = (await logIn(test_, email, password)).json()
const browser = aBrowser(test_)
await browser.signIn(email, password)
const twoFactor = await post('/account/two-factor', { password })
const { name: team } = await aTeam(test_, [])
const guest = { email: 'guest@example.com', role: 'member' }
const invitation = (await call('PUT', `/teams/${team}/invitations`, guest)).json()

const secrets = new Map<string, string>([
  ['a config var', config],
  ["the operator's token", token],
  ['a token', authorization.access_token.token],
  ['a rotated token', rotated.access_token.token],
  ['the secret of a client', client.secret],
  ['the rotated secret of a client', rotatedClient.secret],
  ['a deploy token of an app', ofApp.token],
  ['a deploy token of a pipeline', ofPipeline.token],
  ['the secret of a rendezvous', new URL(dyno.attach_url).pathname.slice(1)],
  ['a password', password],
  ['a mistyped password', mistyped],
  ['a token by password', login.access_token.token],
  ['the cookie of a session', [...browser.cookies.values()].join('')],
  ['the seed of a second factor', twoFactor.secret],
  ['the secret of an invitation', new URL(invitation.accept_url).pathname.split('/').at(-1) ?? ''],
  ['the master key', platform.keyring.masterKey.toString('hex')],
  ['the signing key', platform.keyring.signingKey.toString('hex')],
])

for (const [what, secret] of secrets) assert.ok(secret.length >= 20, what)

const assertNoneIn = (text: string, where: string): void => {
  for (const [what, secret] of secrets) {
    const forms = [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('hex'),
    ]
    for (const form of forms) assert.ok(!text.includes(form), `${what} is in ${where}`)
  }
}

test('no table of the database holds one in the clear', async () => {
  const tables = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(db)
  assert.ok(tables.rows.length > 30)
  let rowCount = 0
  for (const { name } of tables.rows) {
    const { rows } = await sql<{
      row: string
    }>`select t::text as row from ${sql.raw(name)} t`.execute(db)
    rowCount += rows.length
    assertNoneIn(rows.map(({ row }) => row).join('\n'), name)
  }
  assert.ok(rowCount > 50)
})

const filesIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

test("the apps' logs and the rest of the data directory hold none", async () => {
  await platform.logs.flush()
  const files = await filesIn(platform.paths.root)
  assert.ok(files.some((path) => path.startsWith(platform.paths.logs)))
  for (const path of files) assertNoneIn(await readFile(path, 'latin1'), path)
})

const IDS: Record<string, string> = {
  account: '~',
  app: app.name,
  authorization: authorization.id,
  client: client.id,
  coupling: coupling.id,
  dyno: dyno.name,
  pipeline: pipeline.id,
  promotion: promotion.id,
  release: String(release.version),
}

test('no answer shows one, but those that say in their scope that they do', async () => {
  let answerCount = 0
  const isEndless = (path: string): boolean =>
    path.startsWith('/streams') || path.endsWith('/event-stream')
  for (const route of routes.filter(({ method, path }) => method === 'GET' && !isEndless(path))) {
    const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => IDS[name] ?? '~')
    const answer = await call('GET', path)
    if (answer.statusCode < 300) answerCount += 1
    // A test platform has no file of the master key to tell of.
    assert.ok(answer.statusCode < 500 || path === '/master-key', `${path}: ${answer.body}`)
    if (reachOf(route) !== 'open' && scopeOf(route) === 'read-protected') continue
    assertNoneIn(JSON.stringify([answer.headers, answer.body]), path)
  }
  assert.ok(answerCount > 40)
  const plan = await call('POST', `/pipelines/${pipeline.id}/promotion-plans`, {
    source: { app: pipeline.staging.id },
  })
  assert.match(plan.body, /SECRET/)
  assertNoneIn(plan.body, 'the plan of a promotion')
  const shown = await call('GET', `/apps/${app.name}/config-vars`)
  assert.ok(shown.body.includes(config), 'the canary sings where it should')
})

test('no error repeats one, and what is logged of a failure holds none', async () => {
  let logged = ''
  const log = pino({}, { write: (line: string) => void (logged += line) })
  const api = await createApi({ ...platform, log })
  const send = (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: string, as = token) =>
    api.inject({
      method,
      url,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(payload === undefined ? {} : { payload }),
    })
  const vars = `/apps/${app.name}/config-vars`
  const tries = [
    await send('GET', '/account', undefined, config),
    await send('PATCH', vars, `{"SECRET":"${config}"`),
    await send('PATCH', vars, JSON.stringify({ 'BAD KEY': config })),
    await send('PATCH', vars, JSON.stringify({ SECRET: { deep: config } })),
    await send('PATCH', vars, JSON.stringify({ SECRET: `${config}\u0000` })),
    await send('PATCH', vars, JSON.stringify({ DATABASE_URL: [config] })),
    await send('POST', '/account/keys', JSON.stringify({ public_key: `PRIVATE KEY ${config}` })),
    await send('POST', '/account/keys', JSON.stringify({ public_key: `ssh-rsa ${config}` })),
    await send(
      'PATCH',
      `/oauth/authorizations/${authorization.id}`,
      JSON.stringify({ client: { id: client.id, secret: config } }),
    ),
  ]
  await db.schema.alterTable('configSnapshots').renameTo('configSnapshotsAway').execute()
  tries.push(await send('PATCH', vars, JSON.stringify({ SECRET: config })))
  await db.schema.alterTable('configSnapshotsAway').renameTo('configSnapshots').execute()
  for (const { statusCode, body } of tries) {
    assert.ok(statusCode >= 400, body)
    assertNoneIn(body, `an answer of ${statusCode}`)
  }
  assert.equal(tries.at(-1)?.statusCode, 500)
  assert.match(logged, /a request failed/)
  assertNoneIn(logged, 'the log of the platform')
  await api.stop()
})
