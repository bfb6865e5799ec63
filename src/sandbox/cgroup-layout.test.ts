import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { findCgroupLayout } from './cgroup-layout.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-cgroup-test-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A folder with the files that the kernel would put there. */
const aGroup = async (path: string, controllers = ''): Promise<void> => {
  await mkdir(join(root, path), { recursive: true })
  await writeFile(join(root, path, 'cgroup.procs'), '')
  await writeFile(join(root, path, 'cgroup.subtree_control'), controllers)
}

test('version 1: a folder of ours below each controller that is mounted, and none made where it is not', async () => {
  await aGroup('memory')
  await aGroup('memory/sluice')
  assert.deepEqual(findCgroupLayout({ root, ownGroup: '/', isRoot: true }), {
    version: 1,
    memory: join(root, 'memory/sluice'),
    pids: undefined,
  })
  assert.equal(existsSync(join(root, 'pids')), false)
})

test('version 2 as root: a folder of ours below the root, its controllers switched on', async () => {
  await aGroup('.')
  await writeFile(join(root, 'cgroup.controllers'), 'cpu memory pids')
  await aGroup('sluice')
  const layout = findCgroupLayout({ root, ownGroup: '/', isRoot: true })
  // A plain file keeps the last word only; the kernel would gather them.
  assert.equal(await readFile(join(root, 'cgroup.subtree_control'), 'utf8'), '+pids')
  assert.equal(layout.version, 2)
})

test('version 2 as a user: the outermost group that was delegated, not the one we happen to run in', async () => {
  await writeFile(join(root, 'cgroup.controllers'), 'memory pids')
  const delegated = 'user.slice/user@1000.service'
  await mkdir(join(root, 'user.slice'))
  await aGroup(delegated)
  await aGroup(`${delegated}/app.slice`)
  await mkdir(join(root, delegated, 'sluice'))
  await writeFile(join(root, delegated, 'sluice/cgroup.procs'), '')
  // What the kernel would answer after the switching on.
  await mkdir(join(root, delegated, 'sluice/cgroup.subtree_control.d'), { recursive: true })
  const layout = findCgroupLayout({ root, ownGroup: `/${delegated}/app.slice`, isRoot: false })
  assert.equal(layout.version, 2)
  assert.equal(await readFile(join(root, delegated, 'cgroup.subtree_control'), 'utf8'), '+pids')
})

test('nothing delegated, nothing mounted: no limits, and no error', () => {
  assert.deepEqual(findCgroupLayout({ root, ownGroup: '/session.scope', isRoot: false }), {
    version: 1,
    memory: undefined,
    pids: undefined,
  })
})
