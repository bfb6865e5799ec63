import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** What fails must leave what was serving serving, and say why. */
const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile':
    '#!/bin/sh\n[ -e "$1/breaks-the-build" ] && { echo "this build is broken"; exit 1; }\n[ -e "$1/hangs" ] && sleep 3600\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(open('page').read().encode())
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const SERVES = 'web: exec python3 server.py\n'

let platform: TestPlatform
let source: string
const app = 'steady'

before(async () => {
  platform = await startPlatform({
    SLUICE_BOOT_LIMIT_MS: '4000',
    SLUICE_STOP_LIMIT_MS: '2000',
    SLUICE_BUILD_LIMIT_MS: '20000',
    SLUICE_RELEASE_PHASE_LIMIT_MS: '4000',
    SLUICE_FILE_BUILDPACKS: '1',
  })
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  source = await platform.aRepository('steady', {
    files: { Procfile: SERVES, 'server.py': SERVER, page: 'first' },
  })
  assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', app))
  await platform.git(
    source,
    'remote',
    'add',
    'sluice',
    `https://localhost:${platform.port}/${app}.git`,
  )
  assertSucceeds(await platform.git(source, 'push', 'sluice', 'main'))
  assert.equal((await platform.request(app)).body, 'first')
})
after(() => platform?.stop())

const push = async (files: Record<string, string>, message: string) => {
  for (const [name, text] of Object.entries(files)) await writeFile(`${source}/${name}`, text)
  await platform.commit(source, message)
  return platform.git(source, 'push', 'sluice', 'main')
}
const assertStillServes = async (text: string): Promise<void> => {
  const page = await platform.request(app)
  assert.equal(page.status, 200, page.body)
  assert.equal(page.body, text)
}
const newestStatus = async (): Promise<string> =>
  (
    JSON.parse((await platform.sluice('releases', '-a', app, '-n', '1', '--json')).stdout) as {
      status: string
    }[]
  )[0]?.status ?? ''

test('a broken build is rejected, and the mended one is released', async () => {
  const broken = await push({ 'breaks-the-build': '' }, 'Break it')
  assert.notEqual(broken.code, 0)
  assert.match(broken.stderr, /this build is broken/)
  assert.match(broken.stderr, /Push rejected, failed to compile/)
  assert.match(broken.stderr, /pre-receive hook declined/)
  await assertStillServes('first')
  await platform.git(source, 'rm', '--quiet', 'breaks-the-build')
  assertSucceeds(await push({ page: 'second' }, 'Mend it'))
  await assertStillServes('second')
})

test('a build that hangs is ended and rejected', async () => {
  const hung = await push({ hangs: '' }, 'Hang')
  assert.notEqual(hung.code, 0)
  assert.match(hung.stderr, /pre-receive hook declined/)
  await assertStillServes('second')
  await platform.git(source, 'reset', '--quiet', '--hard', 'HEAD~1')
})

test('a push of another branch builds nothing', async () => {
  const pushed = assertSucceeds(await platform.git(source, 'push', 'sluice', 'main:topic'))
  assert.match(pushed.stderr, /skipping build/)
})

test('a failing release command is printed and leaves the old release serving', async () => {
  const pushed = assertSucceeds(
    await push(
      { Procfile: `${SERVES}release: echo migrating; exit 3\n`, page: 'third' },
      'Bad migration',
    ),
  )
  assert.match(pushed.stderr, /migrating/)
  assert.match(pushed.stderr, /Release command failed/)
  assert.equal(await newestStatus(), 'failed')
  await assertStillServes('second')
})

test('a release command that hangs is ended', async () => {
  const pushed = assertSucceeds(
    await push({ Procfile: `${SERVES}release: sleep 3600\n` }, 'Hanging migration'),
  )
  assert.match(pushed.stderr, /[Rr]elease command/)
  assert.equal(await newestStatus(), 'failed')
  await assertStillServes('second')
})

test('an app that exits at once leaves the old release serving', async () => {
  assertSucceeds(await push({ Procfile: 'web: exit 1\n' }, 'Exits'))
  assert.equal(await newestStatus(), 'failed')
  await assertStillServes('second')
})

test('an app that never listens is stopped with R10', async () => {
  const pushed = assertSucceeds(await push({ Procfile: 'web: sleep 3600\n' }, 'Never listens'))
  assert.match(pushed.stderr, /R10|Boot timeout/)
  assert.equal(await newestStatus(), 'failed')
  await assertStillServes('second')
})

test('an app that ignores SIGTERM is replaced all the same', async () => {
  assertSucceeds(
    await push(
      { Procfile: `web: trap '' TERM; python3 server.py\n`, page: 'stubborn' },
      'Stubborn',
    ),
  )
  await assertStillServes('stubborn')
  assertSucceeds(await push({ Procfile: SERVES, page: 'gentle' }, 'Gentle'))
  await assertStillServes('gentle')
})

test('hostile input is refused in words', async () => {
  const badKey = await platform.sluice('config:set', '1BAD-KEY=x', '-a', app)
  assert.notEqual(badKey.code, 0)
  const badBuildpack = await platform.sluice(
    'buildpacks:set',
    '--',
    '--upload-pack=touch /tmp/owned',
    '-a',
    app,
  )
  assert.notEqual(badBuildpack.code, 0)
  const wrongToken = await platform.git(
    source,
    '-c',
    'credential.helper=',
    '-c',
    `http.extraHeader=Authorization: Bearer nonsense`,
    'ls-remote',
    `https://localhost:${platform.port}/${app}.git`,
  )
  assert.notEqual(wrongToken.code, 0)
})
