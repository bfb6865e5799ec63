import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import https from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { aChain } from '../support/certificates.ts'
import { startLoad } from '../support/load.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** A domain of one's own with its certificate, maintenance and the like: by the official CLI and by `sluice`. */
const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = open('page').read().encode()
        self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const app = 'shop'
const host = 'www.shop.example'
let platform: TestPlatform
let source: string
/** Of what the domain is served with. */
let ca: string

before(async () => {
  platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  const files = { Procfile: 'web: exec python3 server.py\n', 'server.py': SERVER, page: 'first' }
  source = await platform.aRepository(app, { files })
  assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', app))
  const url = `https://localhost:${platform.port}/${app}.git`
  await platform.git(source, 'remote', 'add', 'sluice', url)
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
})
after(() => platform?.stop())

const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args, '-a', app))
  return stdout + stderr
}
const sluice = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.sluice(...args, '-a', app))
  return stdout + stderr
}

const visit = (
  authority: string,
  auth?: string,
): Promise<{ status: number; body: string; cookies: string[] }> =>
  new Promise((resolve, reject) => {
    const options = {
      ...{ host: '127.0.0.1', port: platform.routerTlsPort, servername: host },
      ...{ ca: authority, headers: { host }, agent: false as const },
      ...(auth === undefined ? {} : { auth }),
    }
    https
      .get(options, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (some: string) => (body += some))
        response.on('error', reject).on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            cookies: response.headers['set-cookie'] ?? [],
          }),
        )
      })
      .on('error', reject)
  })

/** The router has it a moment after the API has said so. */
const untilStatus = (status: number, auth?: string) =>
  until(
    async () => {
      const answer = await visit(ca, auth).catch(() => undefined)
      return answer?.status === status ? answer : undefined
    },
    { limitMs: 20_000, everyMs: 50, what: `an answer of ${status}` },
  )

test('certs:generate, certs:add, certs and certs:info', async () => {
  await heroku('certs:generate', host, '--selfsigned', '--now')
  const [certificate, key] = ['crt', 'key'].map((end) => join(platform.home, `${host}.${end}`))
  ca = await readFile(certificate ?? '', 'utf8')
  assert.match(await heroku('certs:add', certificate ?? '', key ?? ''), /self signed/)
  assert.match(await heroku('certs'), new RegExp(`certificate-\\d+.*${host}.*False`))
  assert.match(await heroku('certs:info'), new RegExp(`Subject: +/CN=${host}`))
})

test('domains:add, domains, domains:info: the name is served with its certificate', async () => {
  assert.match(await heroku('domains:add', host), new RegExp(`${app}\\.localhost`))
  assert.match(await heroku('domains'), new RegExp(`${app}\\.localhost[\\s\\S]*${host}`))
  assert.match(await heroku('domains:info', host), /sni_endpoint: +.*certificate-/)
  assert.equal((await untilStatus(200)).body, 'first')
  const taken = await platform.heroku('domains:add', `x.${app}.localhost`, '-a', app)
  assert.match(taken.stderr, /belongs to this platform/)
})

test('certs:update and domains:update change what it is served with', async () => {
  const { root, chain, key } = await aChain(['*.shop.example', 'shop.example'])
  const files = [join(platform.home, 'new.crt'), join(platform.home, 'new.key')] as const
  await writeFile(files[0], chain)
  await writeFile(files[1], key)
  const added = await sluice('certs:add', ...files)
  const name = /done, (certificate-\d+) for/.exec(added)?.[1] ?? ''
  await heroku('domains:update', host, '--cert', name)
  ca = root.certificate
  await untilStatus(200)
  const again = await aChain(['*.shop.example'])
  await writeFile(files[0], again.chain)
  await writeFile(files[1], again.key)
  const updated = ['certs:update', ...files, '--name', name, '--confirm', app]
  assert.match(await heroku(...updated), /Updated certificate details/)
  ca = again.root.certificate
  await untilStatus(200)
})

test('a deploy, and new processes of the platform, under TLS: no request fails', async () => {
  const load = startLoad({ port: platform.routerTlsPort, host, ca })
  await writeFile(join(source, 'page'), 'second')
  await platform.commit(source, 'Second')
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
  assertSucceeds(await platform.sluice('restart'))
  const { failures, bodies, ok } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(ok > 50)
  assert.equal(bodies.at(-1), 'second')
})

test('maintenance shows a page, and deploys go on behind it', async () => {
  await heroku('config:set', 'MAINTENANCE_PAGE_URL=https://pages.example/soon?"')
  await heroku('maintenance:on')
  assert.match(await sluice('maintenance'), /^on/)
  const { body } = await untilStatus(503)
  assert.match(body, /<iframe src="https:\/\/pages\.example\/soon\?%22"/)
  await writeFile(join(source, 'page'), 'third')
  await platform.commit(source, 'Third')
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
  assert.match(await heroku('maintenance'), /on/)
  await sluice('maintenance:off')
  assert.equal((await untilStatus(200)).body, 'third')
  assert.match(await heroku('logs', '--dyno', 'router'), /code=H80 desc="Maintenance mode"/)
})

test('features: affinity on and off', async () => {
  assert.match(await heroku('features'), /http-session-affinity/)
  await heroku('features:enable', 'http-session-affinity')
  await until(async () => (await visit(ca)).cookies.some((line) => /; Secure/.test(line)), {
    limitMs: 20_000,
    what: 'the cookie',
  })
  assert.match(await heroku('features:info', 'http-session-affinity'), /Enabled: +true/i)
  await sluice('features:disable', 'http-session-affinity')
})

test('closed to the public, HTTPS only, with limits; and open again', async () => {
  const made = assertSucceeds(await platform.sluice('apps:protect', '-a', app, '--user', 'ada'))
  const auth = made.stdout.trim()
  assert.match(auth, /^ada:[\w-]{24}$/)
  await untilStatus(401)
  await untilStatus(200, auth)
  await untilStatus(401, `${auth}x`)
  await sluice('traffic:set', '--https-only', '--request-limit', '100', '--drain-seconds', '5')
  assert.match(await sluice('traffic'), /HTTPS only: +yes\nOpen to the public: +no\n.*100\n.*5 s/)
  await until(async () => (await platform.request(app)).status === 301, { limitMs: 20_000 })
  await sluice('apps:unprotect')
  await untilStatus(200)
})

test('domains:remove and certs:remove', async () => {
  await sluice('domains:add', '*.other.example')
  await heroku('domains:remove', '*.other.example')
  const names = (await sluice('certs')).match(/certificate-\d+/g) ?? []
  assert.equal(names.length, 2)
  await heroku('certs:remove', '--name', names[0] ?? '', '--confirm', app)
  await sluice('certs:remove', '--confirm', app)
  await until(
    () =>
      visit(ca).then(
        () => false,
        () => true,
      ),
    { limitMs: 20_000, what: 'its end' },
  )
  await heroku('domains:remove', host)
  assert.ok(!(await sluice('domains')).includes(host))
})
