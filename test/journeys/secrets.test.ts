import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { newKey } from '#/foundation/crypto.ts'
import { run, type RunResult } from '#/foundation/exec.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'

/** The keys under everything, and the log of who did what: as the operator handles them. */
const SLUICE = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
const port = aFreePort()
const routerPort = aFreePort()

let home: string
let masterKey: string
/** What systemd would set. */
let credentials: Record<string, string> = {}

const sluice = (...args: string[]): Promise<RunResult> =>
  run(SLUICE, args, {
    env: {
      ...hostEnvironment(),
      HOME: home,
      SLUICE_DATA_DIR: join(home, 'platform'),
      ...credentials,
    },
    timeoutMs: 120_000,
  })
const succeed = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await sluice(...args)
  assert.equal(code, 0, `${args.join(' ')}:\n${stdout}${stderr}`)
  return stdout
}
const up = (): Promise<RunResult> =>
  sluice('up', '--detach', '--port', String(port), '--router-port', String(routerPort))
const comeUp = async (): Promise<void> => {
  const { code, stdout, stderr } = await up()
  assert.equal(code, 0, stdout + stderr)
}
const secret = async (): Promise<string> => (await succeed('config:get', 'A', '-a', 'shop')).trim()

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-journey-'))
  masterKey = join(home, 'platform', 'master.key')
  await comeUp()
  await succeed('apps:create', 'shop', '--no-remote')
  await succeed('config:set', 'A=canary-of-the-journey', '-a', 'shop')
})
after(async () => {
  await sluice('down')
  await rm(home, { recursive: true, force: true })
})

test('the log says who did what, as a table, JSON lines and CSV, without values', async () => {
  const table = await succeed('audit', '-a', 'shop')
  assert.match(table, /operator@localhost\s+update config-var/)
  const lines = (await succeed('audit', '--all', '--json')).trimEnd().split('\n')
  const events = lines.map((line) => JSON.parse(line) as { resource: string })
  assert.ok(events.some(({ resource }) => resource === 'app'))
  const csv = await succeed('audit', '--csv', '--resource', 'app', '--since', '2026-01-01')
  assert.match(csv, /^id,created_at,.*\r\n\d+,/)
  for (const text of [table, ...lines, csv]) assert.ok(!text.includes('canary-of-the-journey'))
  assert.match((await sluice('audit', '--since', 'yesterday')).stderr, /since is a day in UTC/)
  assert.match(await succeed('audit:verify'), /newer events are not sealed yet/)
  assert.equal((await sluice('audit:verify', '--head', 'f'.repeat(64))).code, 1)
})

test('the master key is replaced while the platform runs', async () => {
  const old = await readFile(masterKey, 'utf8')
  await succeed('master-key:rotate')
  assert.notEqual(await readFile(masterKey, 'utf8'), old)
  assert.equal(await secret(), 'canary-of-the-journey')
  assert.match(await succeed('audit', '--all'), /update master-key/)
})

test('a platform whose master key is missing, open to others, malformed or another does not start, and says why', async () => {
  await succeed('down')
  const kept = `${masterKey}.kept`
  await rename(masterKey, kept)
  const refusal = async (): Promise<string> => {
    const { code, stderr } = await up()
    assert.notEqual(code, 0)
    await sluice('down')
    return stderr.replaceAll(/\s+/g, ' ')
  }
  assert.match(await refusal(), /master key .* is missing. Put it back from your backup/s)
  await writeFile(masterKey, 'nonsense', { mode: 0o400 })
  assert.match(await refusal(), /does not hold a master key/)
  await rm(masterKey)
  await writeFile(masterKey, `${newKey().toString('hex')}\n`, { mode: 0o400 })
  assert.match(await refusal(), /is not the master key of this database.*Put the right key/s)
  await rm(masterKey)
  await rename(kept, masterKey)
  await chmod(masterKey, 0o444)
  assert.match(await refusal(), /can be read by others. Run: chmod 0400/)
  await chmod(masterKey, 0o400)
  await comeUp()
  assert.equal(await secret(), 'canary-of-the-journey')
})

test('the master key may be handed in by systemd, and is then replaced in two steps', async () => {
  await succeed('down')
  const file = join(home, 'sluice-master-key')
  await rename(masterKey, file)
  assert.notEqual((await up()).code, 0)
  credentials = { CREDENTIALS_DIRECTORY: home }
  await comeUp()
  assert.equal(await secret(), 'canary-of-the-journey')
  const { code, stderr } = await sluice('master-key:rotate')
  assert.equal(code, 1)
  assert.match(stderr.replaceAll(/[\s›]+/g, ' '), /not the platform's to write/)
  const [old] = (await readFile(file, 'utf8')).trim().split('\n')
  const replacement = newKey().toString('hex')
  const write = async (text: string): Promise<void> => {
    await rm(file)
    await writeFile(file, text, { mode: 0o400 })
  }
  await write(`${replacement}\n${old}\n`)
  await succeed('restart')
  assert.match(await succeed('master-key:rotate'), /take all but its first line out/)
  await write(`${replacement}\n`)
  await succeed('restart')
  assert.equal(await secret(), 'canary-of-the-journey')
})
