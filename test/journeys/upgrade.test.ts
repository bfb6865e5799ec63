import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { openDatabase } from '#/foundation/db.ts'
import { clusterUrl } from '#/foundation/postgres-cluster.ts'
import { migrationsOf, previousVersion, putThisVersion, putVersion } from '../support/checkout.ts'
import { startLoad, type LoadResult } from '../support/load.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/**
 * The platform of the version before, with two workers of the router, upgraded and taken back in its own folder while its
 * app is visited.
 */
const APP = 'upgraded'
const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const version = await previousVersion()
const skip =
  version === undefined ? 'git knows no version before this one (a shallow clone?)' : false

let platform: TestPlatform | undefined
let dir = ''
let code = ''
let source = ''

before(async () => {
  if (version === undefined) return
  dir = await mkdtemp(join(tmpdir(), 'sluice-upgrade-'))
  code = join(dir, 'code')
  await mkdir(code)
  await putVersion(code, version)
  platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' }, code, ['--router-workers', '2'])
  source = await platform.aRepository('source', {
    files: { Procfile: 'web: exec python3 -m http.server "$PORT"\n', 'index.html': 'a page' },
  })
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  assertSucceeds(await platform.sluice('apps:create', APP, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', APP))
  await push()
})
after(async () => {
  await platform?.stop()
  await rm(dir, { recursive: true, force: true })
})

const running = (): TestPlatform => {
  if (!platform) throw new Error('The platform is not running.')
  return platform
}

const push = async (): Promise<void> => {
  const { git, port } = running()
  await git(source, 'commit', '--quiet', '--allow-empty', '--message', 'Another')
  assertSucceeds(
    await git(source, 'push', '--quiet', `https://localhost:${port}/${APP}.git`, 'main'),
  )
}

const restartUnderLoad = async (): Promise<LoadResult> => {
  const { routerPort, sluice } = running()
  const load = startLoad({ port: routerPort, host: `${APP}.localhost` })
  const before = await routers()
  const restarted = await sluice('restart')
  const result = await load.stop()
  assertSucceeds(restarted)
  const after = await routers()
  assert.deepEqual([...after.keys()], ['router', 'router-2'])
  for (const [name, pid] of after) assert.notEqual(before.get(name), pid, name)
  return result
}

/** Their processes by name. */
const routers = async (): Promise<Map<string, string>> => {
  const { stdout } = await running().sluice('status')
  const found = stdout.matchAll(/^\s*(router(?:-\d+)?) +(\d+)/gm)
  return new Map([...found].map(([, name = '', pid = '']) => [name, pid]))
}

const assertNoneFailed = ({ failures, ok, sent }: LoadResult): void => {
  assert.deepEqual(failures, [])
  assert.ok(ok > 0 && ok === sent, `${ok} of ${sent}`)
}

const appliedMigrations = async (): Promise<string[]> => {
  const { postgres, postgresSocketDir } = dataDirPaths(running().dataDir)
  const at = { dataDir: postgres, socketDir: postgresSocketDir, port: null }
  const database = openDatabase(clusterUrl(at, 'postgres'), 1)
  try {
    const found = await database.pool.query<{ name: string }>(
      'select name from schema_migrations order by name',
    )
    return found.rows.map(({ name }) => name)
  } finally {
    await database.stop()
  }
}

test(
  'sluice restart onto newer code migrates the database, and no request fails',
  { skip },
  async () => {
    const before = await migrationsOf(code)
    assert.deepEqual(await appliedMigrations(), before)
    await putThisVersion(code)
    assertNoneFailed(await restartUnderLoad())
    assert.deepEqual(await appliedMigrations(), await migrationsOf(code))
    await push()
  },
)

test(
  'the code of before works on the newer schema: an upgrade can be taken back',
  { skip },
  async () => {
    const newest = await appliedMigrations()
    await putVersion(code, version ?? '')
    assertNoneFailed(await restartUnderLoad())
    assert.deepEqual(await appliedMigrations(), newest)
    await push()
    assertSucceeds(await running().sluice('config:set', 'GREETING=hello', '-a', APP))
    assert.equal((await running().request(APP)).status, 200)
  },
)
