import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, test } from 'node:test'
import { run } from '#/foundation/exec.ts'
import { writeFiles } from '../../test/support/files.ts'
import { credentialHelper } from './credential-helper.ts'

const home = await mkdtemp(join(tmpdir(), 'sluice git '))
after(() => rm(home, { recursive: true, force: true }))
const dataDir = join(home, "a person's data")
await writeFiles(home, {
  '.netrc': 'machine localhost:5123\n  login ada@example.com\n  password a-token\n',
  "a person's data/settings.json": JSON.stringify({ apiHost: 'localhost', apiPort: 5123 }),
})

const askGit = (action: string, input: string, env: Record<string, string> = {}) =>
  run('git', ['credential', action], {
    cwd: home,
    input,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'credential.helper',
      GIT_CONFIG_VALUE_0: credentialHelper('localhost:5123', dataDir),
    },
  })

test('git asks, and is told the name and token of who has logged in', async () => {
  const { stdout, stderr } = await askGit('fill', 'protocol=https\nhost=localhost:5123\n\n')
  assert.match(stdout, /^username=heroku\npassword=a-token$/m, stderr)
})

test('the key of the environment is told for the host that it is for, and for no other', async () => {
  const asked = 'protocol=https\nhost=localhost:5123\n\n'
  const key = { HEROKU_API_KEY: 'a-key', HEROKU_HOST: 'http://localhost:5123' }
  const { stdout, stderr } = await askGit('fill', asked, key)
  assert.match(stdout, /^username=heroku\npassword=a-key$/m, stderr)
  const other = await askGit('fill', asked, { ...key, HEROKU_HOST: 'http://localhost:5124' })
  assert.match(other.stdout, /^username=heroku\npassword=a-token$/m, other.stderr)
  const elsewhere = await askGit('fill', asked.replace('5123', '51234'), key)
  assert.doesNotMatch(elsewhere.stdout, /a-key|a-token/)
})

test('nothing is told to another host', async () => {
  const { code, stdout } = await askGit('fill', 'protocol=https\nhost=localhost:5124\n\n')
  assert.notEqual(code, 0)
  assert.doesNotMatch(stdout, /a-token/)
})

test('what git would have it keep or forget is left alone', async () => {
  for (const action of ['approve', 'reject']) {
    const input = 'protocol=https\nhost=localhost:5123\nusername=heroku\npassword=other\n\n'
    assert.deepEqual(await askGit(action, input), { code: 0, stdout: '', stderr: '' })
  }
})

test('help shows how it is used, and no platform is an error in words', async () => {
  const sluice = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
  const help = await run(sluice, ['git:credentials', '--help'])
  assert.match(help.stdout, /sluice git:credentials get/)
  const none = await run(sluice, ['git:credentials', 'get', '--data-dir', join(home, 'none')])
  assert.deepEqual([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, /^ ›   Error: There is no platform in/)
})
