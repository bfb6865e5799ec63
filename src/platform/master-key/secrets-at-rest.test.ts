import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newKey } from '#/foundation/crypto.ts'
import { capabilityUrl, isCapability } from '#/platform/capability.ts'
import { keyringOf } from '#/platform/keyring.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aPersonWithPassword, logIn, PASSWORD } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, database } = platform
const { keyring, settings } = platform.platform

/** Every row of every table as text: what a dump of the database holds. */
const everything = async (): Promise<string> => {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  assert.ok(tables.length > 40)
  const texts = []
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ text: string }>(
      `select t::text as text from ${name} t`,
    )
    texts.push(...rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

const asWritten = (secret: Buffer | string): string[] => {
  const bytes = Buffer.from(secret)
  return [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
}

test('the database, and so its dump, holds no secret and no key that opens one', async () => {
  const canary = (): string => `canary-${randomBytes(12).toString('hex')}`
  const values = [canary(), canary(), canary()]
  const app = await anApp(platform)
  const path = `/apps/${app.id}`
  await call('PATCH', `${path}/config-vars`, { FIRST: values[0] })
  await call('PATCH', `${path}/config-vars`, { FIRST: values[1], SECOND: values[0] })
  await call('PATCH', `${path}/config-vars`, { FIRST: null })
  await aServingRelease(platform, app, { web: 'serve' })
  const run = { command: 'true', env: { THIRD: values[2] } }
  assert.equal((await call('POST', `${path}/dynos`, run)).statusCode, 201)
  const made = await call('POST', '/oauth/authorizations', { description: 'ci' })
  const token: string = made.json().access_token.token
  const again = `/oauth/authorizations/${made.json().id}/actions/regenerate-tokens`
  const secondToken: string = (await call('POST', again)).json().access_token.token
  const person = await aPersonWithPassword(platform)
  const login = (await logIn(platform, person.email, PASSWORD)).json().access_token.token
  await logIn(platform, person.email, values[2] ?? '')
  await call('POST', `${path}/log-sessions`, {})

  const dump = await everything()
  assert.ok(dump.includes(app.name))
  assert.ok(dump.includes('SECOND')) // names of config vars may be read, values not
  const secrets = [...values, token, secondToken, login, platform.token, person.token, PASSWORD]
  for (const secret of [...secrets, ...secrets.flatMap(asWritten)])
    assert.ok(!dump.includes(secret), `the dump holds ${secret}`)
  for (const key of [keyring.masterKey, keyring.signingKey].flatMap(asWritten))
    assert.ok(!dump.includes(key), 'the dump holds a key')
})

test('what is sealed for one app or row opens for no other', async () => {
  const [one, other] = [await anApp(platform), await anApp(platform)]
  const read = async (app: { id: string }): Promise<number> =>
    (await call('GET', `/apps/${app.id}/config-vars`)).statusCode
  for (const app of [one, other]) await call('PATCH', `/apps/${app.id}/config-vars`, { A: 'b' })
  assert.equal(await read(one), 200)
  const swap = (table: string, column: string): Promise<unknown> =>
    database.pool.query(
      `update ${table} t set ${column} = s.${column} from ${table} s
       where (t.app_id, s.app_id) in (($1, $2), ($2, $1))`,
      [one.id, other.id],
    )
  await swap('data_keys', 'wrapped')
  assert.deepEqual([await read(one), await read(other)], [500, 500])
  await swap('data_keys', 'wrapped')
  assert.equal(await read(one), 200)
  await swap('config_snapshots', 'sealed')
  assert.deepEqual([await read(one), await read(other)], [500, 500])
})

test('during a rotation links of both keys hold, and afterwards those of the new one alone', () => {
  const [first, second] = [newKey(), newKey()]
  const before = keyringOf(first)
  const during = keyringOf(second, first)
  const after = keyringOf(second)
  const link = (by: typeof before): URL =>
    new URL(capabilityUrl({ keyring: by, settings }, '/streams/builds/1', 60_000))
  const holds = (url: URL, at: typeof before): boolean => isCapability({ keyring: at }, url)
  assert.deepEqual([holds(link(before), during), holds(link(during), during)], [true, true])
  assert.deepEqual([holds(link(before), after), holds(link(during), after)], [false, true])
})

test('the master key is the business of the operator alone', async () => {
  const { token } = await platform.aPerson()
  for (const [method, path] of [
    ['GET', '/master-key'],
    ['POST', '/master-key/actions/rotate'],
  ] as const)
    assert.equal((await call(method, path, undefined, { token })).statusCode, 403)
  const shown = await call('GET', '/master-key')
  assert.equal(shown.statusCode, 200)
  for (const text of asWritten(keyring.masterKey)) assert.ok(!shown.body.includes(text))
})
