import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform
const URI = 'https://example.com/callback'

let count = 0
const create = async (body: object = {}) => {
  const made = await call('POST', '/oauth/clients', {
    name: `client ${(count += 1)}`,
    redirect_uri: URI,
    ...body,
  })
  assert.equal(made.statusCode, 201, made.body)
  return made.json()
}

test('a client shows its secret when it is made and when it is rotated, then only its ends', async () => {
  const made = await create()
  assert.match(made.secret, /^[0-9a-f]{64}$/)
  const path = `/oauth/clients/${made.id}`
  assert.ok(!(await call('GET', path)).body.includes(made.secret))
  assert.match((await call('GET', path)).json().secret, /^[0-9a-f]{9}\*{10}[0-9a-f]{4}$/)
  assert.ok(!(await call('GET', '/oauth/clients')).body.includes(made.secret))
  const rotated = (await call('POST', `${path}/actions/rotate-credentials`)).json()
  assert.match(rotated.secret, /^[0-9a-f]{64}$/)
  assert.notEqual(rotated.secret, made.secret)
  const { db } = platform.platform
  for (const rows of [
    await db.selectFrom('oauthClients').selectAll().execute(),
    await db.selectFrom('events').selectAll().execute(),
  ])
    for (const secret of [made.secret, rotated.secret])
      assert.ok(!JSON.stringify(rows).includes(secret))
})

test('a client can be changed and destroyed by its owner alone', async () => {
  const { id } = await create()
  const path = `/oauth/clients/${id}`
  const changed = await call('PATCH', path, {
    name: 'new name',
    redirect_uri: 'http://localhost:3000/x',
  })
  assert.deepEqual(
    [changed.json().name, changed.json().redirect_uri],
    ['new name', 'http://localhost:3000/x'],
  )
  const stranger = { token: (await platform.aPerson()).token }
  for (const method of ['GET', 'PATCH', 'DELETE'] as const)
    assert.equal((await call(method, path, {}, stranger)).statusCode, 404)
  const rotation = `${path}/actions/rotate-credentials`
  assert.equal((await call('POST', rotation, {}, stranger)).statusCode, 404)
  assert.equal((await call('DELETE', path)).statusCode, 200)
  assert.equal((await call('GET', path)).statusCode, 404)
})

test('names and redirect URIs that could deceive are refused', async () => {
  const uris = [
    'http://example.com/',
    'http://localhost.example.com/',
    'http://localhost@example.com/',
    'https://user:password@example.com/',
    'https:example.com',
    'https:///example.com',
    'https://example.com/#fragment',
    'https://exa mple.com/',
    'https://example.com/\nSet-Cookie: x',
    'https://example.com/"><script>',
    'javascript:alert(1)//https://example.com',
    'data:text/html,x',
    'custom-scheme://callback',
    `https://example.com/${'x'.repeat(2000)}`,
    '',
    7,
  ]
  for (const redirect_uri of uris) {
    const refused = await call('POST', '/oauth/clients', { name: 'hostile', redirect_uri })
    assert.equal(refused.statusCode, 422, String(redirect_uri))
  }
  const { id } = await create()
  assert.equal(
    (await call('PATCH', `/oauth/clients/${id}`, { redirect_uri: 'http://example.com' }))
      .statusCode,
    422,
  )
  const names = [
    '',
    ' ',
    ' x',
    'a\u0000b',
    'a\nb',
    'evil\u202Egnp.exe',
    'a\u001b[2J',
    'x'.repeat(101),
    {},
  ]
  for (const name of names) {
    const refused = await call('POST', '/oauth/clients', { name, redirect_uri: URI })
    assert.equal(refused.statusCode, 422, JSON.stringify(name))
  }
})

test('of two clients of one name at once there is one', async () => {
  const body = { name: 'twin', redirect_uri: URI }
  const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/oauth/clients', body)))
  assert.deepEqual(statusesOf(answers), [201, 422, 422])
})

test('of two rotations at once one wins, and its secret is the one that is good', async () => {
  const { id } = await create()
  const rotation = `/oauth/clients/${id}/actions/rotate-credentials`
  const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', rotation)))
  const { id: authorization } = (await call('POST', '/oauth/authorizations', {})).json()
  const won = answers.filter(({ statusCode }) => statusCode === 200)
  assert.ok(won.length >= 1)
  assert.ok(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 409))
  const bound = await Promise.all(
    won.map((answer) =>
      call('PATCH', `/oauth/authorizations/${authorization}`, {
        client: { id, secret: answer.json().secret },
      }),
    ),
  )
  assert.equal(bound.filter(({ statusCode }) => statusCode === 200).length, 1)
})

test('a token is bound to a client by whoever owns it or knows its secret, and ends with it', async () => {
  const client = await create()
  const stranger = { token: (await platform.aPerson()).token }
  const own = (await call('POST', '/oauth/authorizations', { client: client.id })).json()
  assert.deepEqual(own.client, { id: client.id, name: client.name, redirect_uri: URI })
  const theirs = await call('POST', '/oauth/authorizations', { client: client.id }, stranger)
  assert.equal(theirs.statusCode, 422)
  const { id } = (await call('POST', '/oauth/authorizations', {}, stranger)).json()
  const path = `/oauth/authorizations/${id}`
  for (const secret of ['', 'wrong', client.id]) {
    const refused = await call('PATCH', path, { client: { id: client.id, secret } }, stranger)
    const unknown = await call('PATCH', path, { client: { id, secret } }, stranger)
    assert.equal(refused.statusCode, 422)
    assert.equal(refused.body, unknown.body)
  }
  const { secret } = client
  const bound = await call('PATCH', path, { client: { id: client.id, secret } }, stranger)
  assert.equal(bound.json().client.name, client.name)
  assert.equal((await call('DELETE', `/oauth/clients/${client.id}`)).statusCode, 200)
  const token = { token: own.access_token.token }
  assert.equal((await call('GET', '/account', undefined, token)).statusCode, 401)
  assert.equal((await call('GET', path, undefined, stranger)).statusCode, 404)
})
