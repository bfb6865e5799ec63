import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { config } from '#/foundation/config.ts'
import { start } from '#/foundation/exec.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
  type WorkingCopy,
} from '../../test/support/git-platform.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { until } from '../../test/support/until.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, urlOf, origin, token } = host
const { paths } = host.platform
await host.startWorker()
const buildpack = await aBuildpack('[ ! -e "$1/slow" ] || sleep 1; ls -A "$1"')

const LONG = { limitMs: 60_000 }
const objectsOf = (app: { id: string }): string => join(paths.git, `${app.id}.git`, 'objects')
const quarantinesOf = async (app: { id: string }): Promise<string[]> =>
  (await readdir(objectsOf(app))).filter((name) => name.includes('incoming'))
const branchOf = async (app: { name: string }, copy: WorkingCopy): Promise<string> =>
  (await copy.git('ls-remote', urlOf(app.name), 'refs/heads/main')).stdout.slice(0, 40)
const buildsOf = async (app: { name: string }): Promise<{ status: string }[]> =>
  (await call('GET', `/apps/${app.name}/builds`)).json()

/** Begins a push of the copy's `main` by hand: the socket after its head, and the body to send. */
const aRawPush = async (
  app: { name: string },
  { dir, git }: WorkingCopy,
): Promise<{ socket: Socket; body: Buffer }> => {
  const commit = (await git('rev-parse', 'main')).stdout.trim()
  const args = ['pack-objects', '--all', '--stdout', '--quiet']
  const packer = start('git', args, { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] })
  const pack = await packer.stdout?.toArray()
  const command = `${'0'.repeat(40)} ${commit} refs/heads/main\0report-status side-band-64k`
  const length = (command.length + 4).toString(16).padStart(4, '0')
  const body = Buffer.concat([Buffer.from(`${length}${command}0000`), ...(pack ?? [])])
  const { port, hostname } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const head = [
    `POST /${app.name}.git/git-receive-pack HTTP/1.1`,
    `host: ${hostname}`,
    `authorization: Bearer ${token}`,
    'content-type: application/x-git-receive-pack-request',
    `content-length: ${body.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return { socket, body }
}

test('a push whose client dies in the middle of its pack leaves nothing', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  await copy.git('push', urlOf(app.name), 'main:first') // makes the repository
  await writeFile(join(copy.dir, 'big'), randomBytes(3_000_000))
  await copy.commit({})
  const { socket, body } = await aRawPush(app, copy)
  socket.write(body.subarray(0, 2_000_000))
  await until(async () => (await quarantinesOf(app)).length > 0, LONG)
  socket.destroy()
  await until(async () => (await quarantinesOf(app)).length === 0, LONG)
  assert.equal(await branchOf(app, copy), '')
  assert.deepEqual(await buildsOf(app), [])
})

test('a push whose client dies during the build is built, and the branch moves', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n', slow: '' })
  const { socket, body } = await aRawPush(app, copy)
  socket.write(body)
  await until(async () => (await buildsOf(app)).length > 0, LONG)
  socket.destroy()
  await until(async () => (await buildsOf(app))[0]?.status === 'succeeded', LONG)
  const commit = (await copy.git('rev-parse', 'main')).stdout.trim()
  await until(async () => (await branchOf(app, copy)) === commit, LONG)
})

test('a pack that is too large is refused in words', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  await writeFile(join(copy.dir, 'big'), randomBytes(300_000))
  await copy.commit({})
  const { pushLimitBytes } = config
  Object.assign(config, { pushLimitBytes: 100_000 })
  try {
    const pushed = await copy.git('push', urlOf(app.name), 'main')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.stderr, /exceeds maximum allowed size/)
  } finally {
    Object.assign(config, { pushLimitBytes })
  }
  assert.deepEqual(await buildsOf(app), [])
})

test('a repository with a missing object refuses the push with a reason, and the app stays as it is', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n', kept: 'the same' })
  await copy.git('push', urlOf(app.name), 'main')
  const packs = join(objectsOf(app), 'pack')
  for (const name of await readdir(packs)) await rm(join(packs, name), { force: true })
  await copy.commit({ Procfile: 'worker: false\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.notEqual(pushed.code, 0)
  assert.match(pushed.stderr, /did not receive expected object|missing|bad object|cannot be read/)
  const releases = (await call('GET', `/apps/${app.name}/releases`)).json<{ version: number }[]>()
  assert.equal(releases.at(-1)?.version, 2)
})

test('a push does not wait for ever for an earlier one whose branch cannot be moved', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  await copy.git('push', urlOf(app.name), 'main')
  await sql`update builds set branch_moved_at = null, branch_from = commit, commit = ${'d'.repeat(40)}
    where app_id = ${app.id}`.execute(host.platform.db)
  await copy.commit({ Procfile: 'worker: false\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.match(pushed.stderr, /succeeded, but main could not be moved/)
})

test('links that lead out are left out, and nothing the repository says leaves files out', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({
    Procfile: 'worker: true\n',
    '.gitattributes': 'secret-plan export-ignore\n',
    'secret-plan': 'is built too',
  })
  await symlink('/etc/passwd', join(copy.dir, 'passwords'))
  await copy.commit({}, 'Say \u001b[31m$(touch /tmp/owned) --help')
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.match(pushed.stderr, /The link passwords is left out/)
  assert.match(pushed.stderr, /remote: secret-plan/)
  assert.doesNotMatch(pushed.stderr, /remote: passwords/)
  const [build] = (await call('GET', `/apps/${app.name}/builds`)).json<
    { source_blob: { version_description: string } }[]
  >()
  assert.equal(build?.source_blob.version_description, 'Say  [31m$(touch /tmp/owned) --help')
})

test('a ref that looks like an option is refused', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main:refs/heads/--exec=x')
  assert.match(pushed.stderr, /Only branches and tags can be pushed, not --exec=x/)
})

test('whoever does not know the secret of a push is told nothing on the socket of the hooks', async () => {
  const socket = connect(paths.gitSocket)
  socket.end(`guessed\npre-receive\n\n${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\n`)
  let answer = ''
  socket.setEncoding('utf8').on('data', (text) => (answer += text))
  await once(socket, 'close')
  assert.ok(answer.endsWith('This push is unknown.\n\u00001'), answer)
})
