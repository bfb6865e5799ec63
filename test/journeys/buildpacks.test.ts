import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** Node.js, then somebody's own buildpack from a git URL, then Python, in that order, on one app. */
const OWN = {
  'bin/detect': '#!/bin/sh\necho Greeting\n',
  'bin/compile': `#!/bin/sh
set -eu
echo "-----> Greeting after node $(node --version)"
mkdir -p "$1/.profile.d"
echo "built for $(cat "$3/AUDIENCE")" > "$1/greeting"
echo 'export GREETING="$(cat /app/greeting)"' > "$1/.profile.d/greeting.sh"
echo 'export FROM_OWN=handed-on' > "$(dirname "$0")/../export"
`,
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SERVER = `import os, http.server, subprocess
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        node = subprocess.run(['node', '--version'], capture_output=True, text=True).stdout
        self.send_response(200); self.end_headers()
        self.wfile.write((os.environ.get('GREETING', 'no greeting') + ' with ' + node).encode())
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`
const app = 'polyglot'

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
})
after(() => platform?.stop())

test('several buildpacks run in order, each with what those before it left', async () => {
  const own = await platform.aRepository('own-buildpack', { files: OWN })
  assertSucceeds(await platform.git(own, 'tag', 'v1'))
  const source = await platform.aRepository(app, {
    files: {
      Procfile: 'web: python server.py\n',
      'server.py': SERVER,
      'requirements.txt': '',
      'package.json': '{ "name": "polyglot", "version": "1.0.0", "private": true }\n',
    },
  })
  assertSucceeds(await platform.heroku('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.heroku('config:set', 'AUDIENCE=everybody', '-a', app))
  for (const buildpack of ['heroku/nodejs', `file://${own}#v1`, 'heroku/python'])
    assertSucceeds(await platform.heroku('buildpacks:add', buildpack, '-a', app))
  await platform.git(
    source,
    'remote',
    'add',
    'heroku',
    `https://localhost:${platform.port}/${app}.git`,
  )
  const pushed = assertSucceeds(await platform.git(source, 'push', 'heroku', 'main')).stderr
  const places = [/Node\.js app detected/, /Greeting after node v\d+/, /Python app detected/].map(
    (line) => pushed.search(line),
  )
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    pushed,
  )
  const page = await platform.request(app)
  assert.equal(page.status, 200, page.body)
  assert.match(page.body, /^built for everybody with v\d+/)
})

test('the first build of an app adds what its buildpack wants to have beside it', async () => {
  const wanting = await platform.aRepository('wanting-buildpack', {
    files: {
      'bin/detect': '#!/bin/sh\necho Wanting\n',
      'bin/compile': '#!/bin/sh\nexit 0\n',
      'bin/release':
        '#!/bin/sh\necho "addons: [heroku-postgresql:essential-0, nobody-offers-this]"\n',
    },
  })
  const source = await platform.aRepository('wanting', { files: { Procfile: 'worker: true\n' } })
  assertSucceeds(await platform.heroku('apps:create', 'wanting', '--no-remote'))
  const url = `file://${wanting}`
  assertSucceeds(await platform.heroku('buildpacks:set', url, '-a', 'wanting'))
  const remote = `https://localhost:${platform.port}/wanting.git`
  await platform.git(source, 'remote', 'add', 'heroku', remote)
  const pushed = assertSucceeds(await platform.git(source, 'push', 'heroku', 'main')).stderr
  assert.match(pushed, /-----> Adding heroku-postgresql:essential-0\.\.\.[^!]*Done: postgresql-/)
  assert.match(pushed, / ! {5}Couldn't find .*"nobody-offers-this"/)
  const variables = JSON.parse(
    assertSucceeds(await platform.heroku('config', '-a', 'wanting', '--json')).stdout,
  ) as Record<string, string>
  assert.match(variables['DATABASE_URL'] ?? '', /^postgres:/)
  assertSucceeds(await platform.git(source, 'commit', '--allow-empty', '--message', 'Again'))
  const again = assertSucceeds(await platform.git(source, 'push', 'heroku', 'main')).stderr
  assert.doesNotMatch(again, /Adding|nobody-offers-this/)
})

test('an app that no buildpack knows is rejected in words', async () => {
  const source = await platform.aRepository('unknown', { files: { 'letter.txt': 'Dear platform' } })
  assertSucceeds(await platform.heroku('apps:create', 'unknown-app', '--no-remote'))
  await platform.git(
    source,
    'remote',
    'add',
    'heroku',
    `https://localhost:${platform.port}/unknown-app.git`,
  )
  const pushed = await platform.git(source, 'push', 'heroku', 'main')
  assert.notEqual(pushed.code, 0)
  assert.match(pushed.stderr, /No default language could be detected/)
  await writeFile(`${source}/requirements.txt`, '')
  await writeFile(`${source}/Procfile`, 'web: python -m http.server $PORT\n')
  await platform.commit(source, 'Now it is Python')
  assertSucceeds(await platform.git(source, 'push', 'heroku', 'main'))
  assert.match((await platform.request('unknown-app')).body, /letter\.txt/)
})
