import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { aName, anApp, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aCertificate, aChain } from '../../../test/support/certificates.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { readCertificateFeed } from './certificate-store.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

const aHost = (): string => `www.${aName()}.example`
const put = (
  app: string,
  certificate_chain: unknown,
  private_key: unknown,
  { id, token }: { id?: string; token?: string } = {},
) =>
  call(
    id === undefined ? 'POST' : 'PATCH',
    `/apps/${app}/sni-endpoints${id === undefined ? '' : `/${id}`}`,
    { certificate_chain, private_key },
    token ? { token } : {},
  )
const servedAs = async (host: string) =>
  (await readCertificateFeed(platform.platform, undefined)).set.find(({ hosts }) =>
    hosts.includes(host),
  )

test('a chain comes in any order, is told apart, and serves the domains that it is for at once', async () => {
  const { name } = await anApp(platform)
  const [host, other] = [aHost(), aHost()]
  for (const hostname of [host, other]) await call('POST', `/apps/${name}/domains`, { hostname })
  const { root, between, leaf, key } = await aChain([host, 'x.example'])
  const scrambled = `Bag attributes\n${root.certificate}noise\n${leaf.certificate}\n${between.certificate}`
  const added = await put(name, scrambled, key)
  assert.equal(added.statusCode, 201, added.body)
  const shown = added.json()
  assert.deepEqual(shown.ssl_cert.cert_domains, [host, 'x.example'])
  assert.equal(shown.ssl_cert.subject, `/CN=${host}/O=Test`)
  assert.equal(shown.ssl_cert['self_signed?'], false)
  assert.equal(shown.ssl_cert['ca_signed?'], false)
  assert.deepEqual(shown.certificate_chain.match(/BEGIN/g)?.length, 3, 'leaf, intermediate, root')
  assert.ok(!added.body.includes('PRIVATE KEY'))
  const domain = (await call('GET', `/apps/${name}/domains/${host}`)).json()
  assert.deepEqual(domain.sni_endpoint, { id: shown.id, name: shown.name })
  assert.deepEqual(shown.domains, [domain.id])
  assert.equal((await servedAs(host))?.key, key)
  assert.equal(await servedAs(other), undefined)
})

test('what cannot be served is refused', async () => {
  const { name } = await anApp(platform)
  const host = aHost()
  const good = await aCertificate({ names: [host] })
  const stranger = await aCertificate({ names: [host] })
  const expired = await aCertificate({ names: [host], validFrom: -9, validTo: -1 })
  const early = await aCertificate({ names: [host], validFrom: 1 })
  const nameless = await aCertificate({})
  const locked = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  })
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const refusals: [unknown, unknown, RegExp][] = [
    [good.certificate, stranger.key, /does not belong/],
    [expired.certificate, expired.key, /expired on/],
    [early.certificate, early.key, /valid from/],
    [nameless.certificate, nameless.key, /not for any host/],
    [good.certificate, locked, /passphrase/],
    [good.certificate, small.export({ type: 'pkcs1', format: 'pem' }), /2048 bits/],
    [good.certificate, good.certificate, /private key in PEM/],
    [good.certificate, `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`, /be read/],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', good.key, /be read/],
    [good.certificate.repeat(11), good.key, /1 to 10/],
    ['x'.repeat(200_000), good.key, /1 to 10/],
    [7, null, /./],
  ]
  for (const [chain, key, message] of refusals) {
    const answer = await put(name, chain, key)
    assert.equal(answer.statusCode, 422, answer.body)
    assert.match(answer.json().message, message)
    assert.ok(!answer.body.includes('BEGIN'), 'nothing of what was sent comes back')
  }
  assert.deepEqual((await call('GET', `/apps/${name}/sni-endpoints`)).json(), [])
})

test('a certificate is replaced in place, but not by one that leaves a domain without', async () => {
  const { name } = await anApp(platform)
  const host = aHost()
  await call('POST', `/apps/${name}/domains`, { hostname: host })
  const first = await aCertificate({ names: [host] })
  const { id } = (await put(name, first.certificate, first.key)).json()
  const elsewhere = await aCertificate({ names: ['elsewhere.example'] })
  assert.match(
    (await put(name, elsewhere.certificate, elsewhere.key, { id })).json().message,
    new RegExp(`not for ${host}`),
  )
  const second = await aCertificate({ names: [`*.${host.slice('www.'.length)}`] })
  assert.equal((await put(name, second.certificate, second.key, { id })).statusCode, 200)
  assert.equal((await servedAs(host))?.key, second.key)
})

test('a domain takes another certificate, or none, but none that is not for it', async () => {
  const { name } = await anApp(platform)
  const host = aHost()
  const mine = await aCertificate({ names: [host] })
  const other = await aCertificate({ names: ['other.example'] })
  const { name: mineName } = (await put(name, mine.certificate, mine.key)).json()
  const { name: otherName } = (await put(name, other.certificate, other.key)).json()
  const body = { hostname: host, sni_endpoint: otherName }
  assert.match((await call('POST', `/apps/${name}/domains`, body)).json().message, /is not for/)
  const added = await call('POST', `/apps/${name}/domains`, { hostname: host, sni_endpoint: null })
  assert.equal(added.json().sni_endpoint.name, mineName)
  const path = `/apps/${name}/domains/${host}`
  assert.equal((await call('PATCH', path, { sni_endpoint: otherName })).statusCode, 422)
  assert.equal((await call('PATCH', path, { sni_endpoint: 'nobody' })).statusCode, 422)
  assert.equal((await call('PATCH', path, { sni_endpoint: null })).json().sni_endpoint, null)
  assert.equal(await servedAs(host), undefined)
  const chosen = await call('PATCH', path, { sni_endpoint: mineName })
  assert.equal(chosen.json().sni_endpoint.name, mineName)
  const own = `/apps/${name}/domains/${name}.localhost`
  assert.equal((await call('PATCH', own, { sni_endpoint: mineName })).statusCode, 422)
})

test('a certificate that goes, goes with its key; its domains stay', async () => {
  const { name } = await anApp(platform)
  const host = aHost()
  const mine = await aCertificate({ names: [host] })
  const { id } = (await put(name, mine.certificate, mine.key)).json()
  await call('POST', `/apps/${name}/domains`, { hostname: host })
  const path = `/apps/${name}/sni-endpoints/${id}`
  assert.deepEqual(
    statusesOf(await Promise.all([call('DELETE', path), call('DELETE', path)])),
    [200, 404],
  )
  assert.equal((await call('GET', `/apps/${name}/domains/${host}`)).json().sni_endpoint, null)
  const { remove } = await readCertificateFeed(platform.platform, 0)
  assert.ok(remove.includes(id))
})

test('the certificates of an app that is destroyed are gone', async () => {
  const { id: appId, name } = await anApp(platform)
  const mine = await aCertificate({ names: [aHost()] })
  await put(name, mine.certificate, mine.key)
  await call('DELETE', `/apps/${name}`)
  const left = await db.selectFrom('certificates').where('appId', '=', appId).select('id').execute()
  assert.deepEqual(left, [])
})

test('keys are sealed in the database, and no event tells them', async () => {
  const { id: appId, name } = await anApp(platform)
  const mine = await aCertificate({ names: [aHost()] })
  await put(name, mine.certificate, mine.key)
  const rows = await db.selectFrom('certificates').selectAll().where('appId', '=', appId).execute()
  const events = await db.selectFrom('events').selectAll().where('appId', '=', appId).execute()
  const all = JSON.stringify([rows, events])
  assert.ok(rows[0]?.sealedKey.startsWith('v1.'))
  assert.ok(!all.includes('PRIVATE') && !all.includes(mine.key.split('\n')[1] ?? ''))
  assert.ok(events.some(({ resource }) => resource === 'sni-endpoint'))
})

test('a key that was tampered with keeps nobody from having the others', async () => {
  const { name } = await anApp(platform)
  const [host, other] = [aHost(), aHost()]
  for (const hostname of [host, other]) await call('POST', `/apps/${name}/domains`, { hostname })
  const [mine, also] = [
    await aCertificate({ names: [host] }),
    await aCertificate({ names: [other] }),
  ]
  const { id } = (await put(name, mine.certificate, mine.key)).json()
  const { id: alsoId } = (await put(name, also.certificate, also.key)).json()
  const { sealedKey } = await db
    .selectFrom('certificates')
    .select('sealedKey')
    .where('id', '=', alsoId)
    .executeTakeFirstOrThrow()
  await db.updateTable('certificates').set({ sealedKey }).where('id', '=', id).execute()
  const { unreadable } = await readCertificateFeed(platform.platform, undefined)
  assert.deepEqual(unreadable, [id])
  assert.equal((await servedAs(other))?.key, also.key)
})

test('members handle certificates, viewers look, other apps find nothing', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { name } = await anApp(platform, { team })
  const mine = await aCertificate({ names: [aHost()] })
  const as = (token: string) => put(name, mine.certificate, mine.key, { token })
  assert.equal((await as(people.viewer.token)).statusCode, 403)
  const added = await as(people.member.token)
  assert.equal(added.statusCode, 201)
  const { id } = added.json()
  const look = { token: people.viewer.token }
  assert.equal(
    (await call('GET', `/apps/${name}/sni-endpoints/${id}`, undefined, look)).statusCode,
    200,
  )
  const other = await anApp(platform)
  assert.equal((await call('GET', `/apps/${other.name}/sni-endpoints/${id}`)).statusCode, 404)
})
