import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { aCertificate } from '../../test/support/certificates.ts'
import {
  aClosedPort,
  aDyno,
  aRoute,
  aRouter,
  ask,
  converse,
  type Answered,
  type AskOptions,
} from '../../test/support/router.ts'

const lockFor = (user: string, password: string) => ({
  salt: 'grain',
  hash: createHash('sha256').update(`grain${user}:${password}`).digest('hex'),
})
const basic = (text: string): AskOptions => ({
  headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
})

test('a closed app opens to its password only, which does not go on to the app', async () => {
  await using dyno = await aDyno((request, response) =>
    response.end(JSON.stringify(request.headers)),
  )
  const auth = lockFor('ada', 'pa:ss')
  const open = aRoute('open.test', [dyno.route])
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route], { auth }), open],
  })
  const refused = await ask(router.port, 'a.test')
  assert.equal(refused.status, 401)
  assert.equal(refused.headers['www-authenticate'], 'Basic realm="a", charset="UTF-8"')
  const { status, body } = await ask(router.port, 'a.test', basic('ada:pa:ss'))
  assert.equal(status, 200)
  assert.equal(JSON.parse(body).authorization, undefined)
  const wrong = [
    basic('ada:pa'),
    basic('ada:pa:ss '),
    basic('eve:pa:ss'),
    basic(''),
    basic(`ada:${'x'.repeat(4_000)}`),
    { headers: { authorization: 'Bearer ada:pa:ss' } },
    { headers: { authorization: 'Basic !!!' } },
    { headers: { Authorization_: basic('ada:pa:ss').headers?.['authorization'] } },
  ]
  for (const options of wrong) assert.equal((await ask(router.port, 'a.test', options)).status, 401)
  const own = await ask(router.port, 'open.test', { headers: { authorization: 'Bearer mine' } })
  assert.equal(JSON.parse(own.body).authorization, 'Bearer mine')
  const text = JSON.stringify(router.lines)
  assert.ok(!text.includes('pa:ss') && !text.includes(Buffer.from('ada:pa:ss').toString('base64')))
  assert.match(router.lines[0]?.text ?? '', /^at=info method=GET .* dyno= .* status=401 /)
})

test('two passwords in one request are none, and each request of a connection needs it', async () => {
  await using dyno = await aDyno((_, response) => response.end('in'))
  const auth = lockFor('ada', 'x')
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route], { auth })] })
  using client = await converse(router.port)
  const line = `Authorization: ${basic('ada:x').headers?.['authorization']}\r\n`
  client.say(`GET / HTTP/1.1\r\nHost: a.test\r\n${line}\r\n`)
  await client.hear('\r\n\r\nin')
  client.say(`GET / HTTP/1.1\r\nHost: a.test\r\n${line}${line}\r\n`)
  await client.hear('HTTP/1.1 401')
  await client.hear('</html>')
  client.say(`GET / HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  await client.hear('HTTP/1.1 401')
})

test('plain HTTP is sent on to HTTPS, before any password is asked for', async () => {
  await using dyno = await aDyno((_, response) => response.end('in'))
  const certificate = await aCertificate({ names: ['a.test'] })
  const route = aRoute('a.test', [dyno.route], { httpsOnly: true, auth: lockFor('ada', 'x') })
  await using router = await aRouter({ routes: [route], certificate })
  const got = await ask(router.port, 'a.test:80', { path: '/x?y=%0d%0aZ:1' })
  assert.equal(got.status, 301)
  assert.equal(got.headers.location, `https://a.test:${router.securePort}/x?y=%0d%0aZ:1`)
  assert.equal(got.headers['www-authenticate'], undefined)
  const posted = await ask(router.port, 'a.test', { method: 'POST', body: 'x' })
  assert.equal(posted.status, 308)
  await using plain = await aRouter({ routes: [{ ...route, auth: lockFor('', '') }] })
  assert.equal((await ask(plain.port, 'a.test', basic(':'))).status, 200, 'no TLS to send it to')
})

const cookieOf = (answer: Answered): string =>
  answer.headers['set-cookie']?.at(-1)?.split(';')[0] ?? ''

test('a client stays with its dyno, goes elsewhere when that one leaves, and is never led back', async () => {
  await using one = await aDyno((_, response) => response.end('one'))
  await using two = await aDyno((_, response) => response.end('two'))
  await using fresh = await aDyno((_, response) => response.end('new'), { releaseVersion: 2 })
  const hasAffinity = true
  const route = (...dynos: (typeof one.route)[]) =>
    aRoute('a.test', dynos, { id: 'a', hasAffinity })
  await using router = await aRouter({ routes: [route(one.route, two.route)] })
  const first = await ask(router.port, 'a.test')
  const line = first.headers['set-cookie']?.[0] ?? ''
  assert.match(
    line,
    /^heroku-session-affinity=[\w-]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
  )
  const cookie = `a=b; ${cookieOf(first)}; c=d`
  const again = await Promise.all(
    Array.from({ length: 20 }, () => ask(router.port, 'a.test', { headers: { cookie } })),
  )
  assert.deepEqual(new Set(again.map(({ body }) => body)), new Set([first.body]))
  assert.ok(again.every(({ headers }) => headers['set-cookie'] === undefined))

  const left = first.body === 'one' ? two : one
  await router.source.set(route(left.route, fresh.route))
  const moved = await ask(router.port, 'a.test', { headers: { cookie } })
  assert.notEqual(moved.body, first.body)
  assert.notEqual(cookieOf(moved), cookieOf(first))

  await router.source.set(route(fresh.route))
  const after = await ask(router.port, 'a.test', { headers: { cookie: cookieOf(moved) } })
  assert.equal(after.body, 'new', 'a drained dyno is nobody’s any more')
})

test('on one connection a cookie does not lead back to an older release', async () => {
  await using old = await aDyno((_, response) => response.end('old'), { releaseVersion: 1 })
  await using fresh = await aDyno((_, response) => response.end('new'), { releaseVersion: 2 })
  const route = aRoute('a.test', [old.route, fresh.route], { hasAffinity: true })
  await using router = await aRouter({ routes: [route] })
  using client = await converse(router.port)
  const sayWith = (id: string): void =>
    client.say(`GET / HTTP/1.1\r\nHost: a.test\r\nCookie: heroku-session-affinity=${id}\r\n\r\n`)
  sayWith(fresh.route.id)
  await client.hear('\r\n\r\nnew')
  sayWith(old.route.id)
  await client.hear('\r\n\r\nnew')
})

test('a dyno that cannot be reached is left for another, cookie or not; a forged one is nothing', async () => {
  await using dyno = await aDyno((_, response) => response.end('here'))
  const dead = { ...dyno.route, id: 'dead', port: await aClosedPort() }
  const route = aRoute('a.test', [dead, dyno.route], { hasAffinity: true })
  await using router = await aRouter({ routes: [route] })
  for (const value of ['dead', '', '../../x', '%00', 'x'.repeat(2_000)]) {
    const headers = { cookie: `heroku-session-affinity=${value}` }
    const answer = await ask(router.port, 'a.test', { headers })
    assert.equal(answer.body, 'here')
    assert.equal(cookieOf(answer), `heroku-session-affinity=${dyno.route.id}`)
  }
})

test('an app has no more requests at once than it wants', async () => {
  const waiting: (() => void)[] = []
  await using dyno = await aDyno((_, response) => void waiting.push(() => response.end()))
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route], { requestLimit: 2 })],
  })
  const asked = Array.from({ length: 5 }, () => ask(router.port, 'a.test'))
  const refused = (await Promise.all([...asked].map((one) => Promise.race([one, soon()])))).filter(
    (answer) => answer !== undefined,
  )
  assert.deepEqual(
    refused.map(({ status }) => status),
    [503, 503, 503],
  )
  assert.ok(router.lines.every(({ text }) => text.includes('code=H11')))
  for (const go of waiting) go()
  await Promise.all(asked)
})

const soon = (): Promise<undefined> => pause(1_000, undefined)

test('pages of the app’s own are framed, hostile ones escaped, and none is fetched', async () => {
  const errorPageUrl = `https://pages.example/?"><script>&'`
  const maintenancePageUrl = 'https://pages.example/soon'
  const given = { errorPageUrl, maintenancePageUrl }
  const routes = [
    aRoute('down.test', [], { ...given, crashed: true }),
    aRoute('off.test', [], { ...given, maintenance: true }),
    aRoute('odd.test', [], { errorPageUrl: 'javascript:alert(1)' }),
  ]
  await using router = await aRouter({ routes })
  const down = await ask(router.port, 'down.test')
  assert.equal(down.status, 503)
  assert.match(
    down.body,
    /<iframe src="https:\/\/pages\.example\/\?&#34;&#62;&#60;script&#62;&#38;&#39;"/,
  )
  const off = await ask(router.port, 'off.test')
  assert.equal(off.status, 503)
  assert.match(off.body, /<iframe src="https:\/\/pages\.example\/soon"/)
  assert.ok(!(await ask(router.port, 'odd.test')).body.includes('javascript'))
  const codes = router.lines.map(({ text }) => /code=(\w+)/.exec(text)?.[1])
  assert.deepEqual(codes, ['H10', 'H80', 'H14'])
})
