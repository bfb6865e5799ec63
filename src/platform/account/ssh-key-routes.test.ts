import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from '#/foundation/exec.ts'
import { statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { MOST_SSH_KEYS } from './ssh-key.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const dir = await mkdtemp(join(tmpdir(), 'sluice-keys-'))
after(() => rm(dir, { recursive: true, force: true }))

let count = 0
/** Made by OpenSSH itself. */
const aKey = async (type = 'ed25519', bits?: number, comment = 'ada@laptop'): Promise<string> => {
  const path = join(dir, `key-${(count += 1)}`)
  const size = bits === undefined ? [] : ['-b', String(bits)]
  await run('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', comment, '-f', path])
  return readFile(`${path}.pub`, 'utf8')
}
const add = (public_key: unknown, token?: string) =>
  call('POST', '/account/keys', { public_key }, token ? { token } : {})

test('keys of each type that OpenSSH makes are kept with the fingerprint that it shows', async () => {
  for (const [type, bits] of [
    ['ed25519'],
    ['rsa', 2048],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
  ] as const) {
    const key = await aKey(type, bits)
    const added = await add(key)
    assert.equal(added.statusCode, 201, added.body)
    const { stdout } = await run('ssh-keygen', [
      '-l',
      '-E',
      'md5',
      '-f',
      join(dir, `key-${count}.pub`),
    ])
    assert.ok(stdout.includes(`MD5:${added.json().fingerprint} `), stdout)
    assert.equal(added.json().public_key, key.trim())
    assert.equal(added.json().comment, 'ada@laptop')
    assert.equal(added.json().email, actor.name)
    const byFingerprint = await call('GET', `/account/keys/${added.json().fingerprint}`)
    assert.equal(byFingerprint.json().id, added.json().id)
  }
  assert.equal((await call('GET', '/account/keys')).json().length, 5)
})

test('a key without a comment is named by the address of its owner', async () => {
  const [type, encoded] = (await aKey()).split(' ')
  assert.equal((await add(`${type} ${encoded}\n`)).json().comment, actor.name)
})

test('a removed key is gone, once', async () => {
  const { id } = (await add(await aKey())).json()
  const answers = await Promise.all([1, 2, 3].map(() => call('DELETE', `/account/keys/${id}`)))
  assert.deepEqual(statusesOf(answers), [200, 404, 404])
})

test('a key belongs to one account, and the refusal does not say to whose', async () => {
  const stranger = await platform.aPerson()
  const key = await aKey()
  const { id } = (await add(key)).json()
  const [type, encoded] = key.split(' ')
  const again = [
    await add(key),
    await add(`${type} ${encoded} other`),
    await add(key, stranger.token),
  ]
  assert.deepEqual(statusesOf(again), [422, 422, 422])
  assert.equal(new Set(again.map(({ body }) => body)).size, 1)
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal(
      (await call(method, `/account/keys/${id}`, undefined, { token: stranger.token })).statusCode,
      404,
    )
  const other = await aKey()
  const atOnce = await Promise.all([add(other), add(other, stranger.token), add(other)])
  assert.deepEqual(statusesOf(atOnce), [201, 422, 422])
})

test('what is no good key is refused', async () => {
  const [type = '', encoded = ''] = (await aKey()).split(' ')
  const bytes = Buffer.from(encoded, 'base64')
  const [, point = ''] = (await aKey('ecdsa', 256)).split(' ')
  const offCurve = Buffer.from(point, 'base64')
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1
  const endless = Buffer.from(bytes)
  endless.writeUInt32BE(0xffffffff, 0)
  const bad = [
    '',
    'hello',
    `${type}`,
    `${type} AAAA`,
    `${type} ${encoded.slice(0, -8)}`,
    `ssh-rsa ${encoded}`,
    `__proto__ ${encoded}`,
    `constructor ${encoded}`,
    `${type} ${Buffer.concat([bytes, Buffer.alloc(8)]).toString('base64')}`,
    `${type} ${endless.toString('base64')}`,
    `ecdsa-sha2-nistp256 ${offCurve.toString('base64')}`,
    `command="rm -rf /" ${type} ${encoded}`,
    `${type} ${encoded} a\n${type} ${encoded} b`,
    `${type} ${encoded} evil\u001b[2J`,
    `${type} ${encoded} ${'x'.repeat(201)}`,
    await aKey('rsa', 1024),
    '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----',
    'x'.repeat(20_000),
    7,
    null,
  ]
  for (const key of bad) {
    const refused = await add(key)
    assert.equal(refused.statusCode, 422, String(key).slice(0, 80))
    assert.ok(!refused.body.includes('c2VjcmV0'))
  }
  assert.equal((await add(`${type} ${encoded} a\u0000b`)).statusCode, 422)
})

test('an account has so many keys and no more, also if they come at once', async () => {
  const { token, actor: owner } = await platform.aPerson()
  const rows = Array.from({ length: MOST_SSH_KEYS - 1 }, (_, n) => ({
    accountId: owner.accountId ?? '',
    publicKey: `ssh-ed25519 ${n}`,
    comment: 'x',
    fingerprint: String(n),
    keyHash: Buffer.from(`key ${n}`),
  }))
  await platform.platform.db.insertInto('sshKeys').values(rows).execute()
  const keys = [await aKey(), await aKey(), await aKey()]
  assert.deepEqual(
    statusesOf(await Promise.all(keys.map((key) => add(key, token)))),
    [201, 422, 422],
  )
})
