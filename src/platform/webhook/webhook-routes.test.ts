import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { aTeam } from '../../../test/support/apps.ts'
import { aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { deliverWebhook } from './deliver-webhook.ts'
import { listDeliveries, insertWebhook } from './webhook-store.ts'
import { checkWebhookUrl, postJson } from './post-json.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db, keyring } = platform.platform

const SECRET = 'a secret of at least so many'

/** Answers with the statuses in turn, then 200, and keeps what came. */
const aReceiver = async (...statuses: number[]) => {
  const came: { body: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      came.push({ body, headers: request.headers })
      response.writeHead(statuses.shift() ?? 200, { location: 'http://127.0.0.1:1/' }).end('words')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return { came, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

const promote = (pipeline: Awaited<ReturnType<typeof aPipeline>>) =>
  call('POST', '/pipeline-promotions', {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: [{ app: { id: pipeline.production.id } }],
  })

const deliver = (deliveryId: string, isLastAttempt = false) =>
  deliverWebhook(platform.platform, { deliveryId }, { isLastAttempt, privateHosts: ['127.0.0.1'] })

test('a promotion is told to the webhook, signed, with a text for chats; a second run tells nothing twice', async () => {
  const { came, url } = await aReceiver(500)
  const pipeline = await aPipeline(platform)
  const webhook = await insertWebhook({ db, keyring }, actor, {
    pipelineId: pipeline.id,
    url,
    events: ['promotion.created'],
    secret: SECRET,
  })
  assert.equal((await promote(pipeline)).statusCode, 201)
  const [delivery] = await listDeliveries(db, webhook.id)
  assert.ok(delivery)
  await assert.rejects(deliver(delivery.id), /did not take/)
  await deliver(delivery.id)
  await deliver(delivery.id)
  assert.equal(came.length, 2)
  const [, second] = came
  const body = JSON.parse(second?.body ?? '')
  assert.equal(body.event, 'promotion.created')
  assert.match(body.text, new RegExp(`^${pipeline.staging.name} v2 is being promoted to `))
  assert.equal(body.targets[0].app.name, pipeline.production.name)
  assert.equal(
    second?.headers['heroku-webhook-hmac-sha256'],
    createHmac('sha256', SECRET)
      .update(second?.body ?? '')
      .digest('base64'),
  )
  const [now] = await listDeliveries(db, webhook.id)
  assert.deepEqual([now?.status, now?.attempts, now?.lastAnswer], ['succeeded', 2, '200'])
})

test('what is never taken is given up, and a redirect is not followed', async () => {
  const { came, url } = await aReceiver(302, 404)
  const pipeline = await aPipeline(platform)
  const webhook = await insertWebhook({ db, keyring }, actor, {
    pipelineId: pipeline.id,
    url,
    events: ['promotion.created'],
    secret: SECRET,
  })
  await promote(pipeline)
  const [delivery] = await listDeliveries(db, webhook.id)
  await assert.rejects(deliver(delivery?.id ?? ''))
  await deliver(delivery?.id ?? '', true)
  await deliver(delivery?.id ?? '')
  assert.equal(came.length, 2)
  const [now] = await listDeliveries(db, webhook.id)
  assert.deepEqual([now?.status, now?.lastAnswer], ['failed', '404'])
})

test('a webhook goes to public addresses only, whatever its name means', async () => {
  for (const url of [
    'http://example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/',
    'https://user:password@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'nonsense',
  ])
    assert.throws(() => checkWebhookUrl(url), /webhook/i, url)
  assert.equal(checkWebhookUrl('https://example.com/x').hostname, 'example.com')
  await assert.rejects(postJson('https://localhost/', '{}', {}), /not a public address/)
})

test('webhooks are for who may change the pipeline; the secret is shown once and kept sealed', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const path = `/pipelines/${pipeline.id}/webhooks`
  const body = { url: 'https://hooks.example.com/services/T0/SECRETPATH', secret: SECRET }
  assert.equal((await call('POST', path, body, member)).statusCode, 403)
  assert.equal((await call('GET', path, undefined, member)).statusCode, 403)
  const made = await call('POST', path, body, admin)
  assert.equal(made.statusCode, 201, made.body)
  assert.equal(made.json().secret, SECRET)
  const [listed] = (await call('GET', path, undefined, admin)).json()
  assert.equal(listed.secret, undefined)
  const rows = JSON.stringify([
    await db.selectFrom('pipelineWebhooks').selectAll().execute(),
    await db.selectFrom('events').selectAll().where('resource', '=', 'pipeline-webhook').execute(),
  ])
  assert.ok(!rows.includes(SECRET))
  const events = await db
    .selectFrom('events')
    .select('after')
    .where('resource', '=', 'pipeline-webhook')
    .execute()
  assert.ok(!JSON.stringify(events).includes('SECRETPATH'))
  for (const bad of [{ url: 'https://127.0.0.1/' }, { ...body, events: ['nothing'] }, {}])
    assert.equal((await call('POST', path, bad, admin)).statusCode, 422)
  const own = `${path}/${made.json().id}`
  assert.equal((await call('GET', `${own}/deliveries`, undefined, member)).statusCode, 403)
  assert.deepEqual((await call('GET', `${own}/deliveries`, undefined, admin)).json(), [])
  const elsewhere = await aPipeline(platform)
  const foreign = `/pipelines/${elsewhere.id}/webhooks/${made.json().id}`
  assert.equal((await call('DELETE', foreign)).statusCode, 404)
  assert.equal((await call('DELETE', own, undefined, admin)).statusCode, 200)
})
