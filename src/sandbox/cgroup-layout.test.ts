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
    cpu: undefined,
    memory: join(root, 'memory/sluice'),
    pids: undefined,
  })
  assert.equal(existsSync(join(root, 'pids')), false)
})

/** Plain files keep the last word only; the kernel would gather them, or refuse. */
const switchedOn = (path: string): Promise<string> =>
  readFile(join(root, path, 'cgroup.subtree_control'), 'utf8')

test('version 2 as root: a folder of ours below the root, the controllers switched on for both', async () => {
  await writeFile(join(root, 'cgroup.controllers'), 'cpu memory pids')
  await aGroup('.')
  await aGroup('sluice')
  const layout = findCgroupLayout({ root, ownGroup: '/system.slice', isRoot: true })
  assert.equal(layout.version, 2)
  assert.deepEqual([await switchedOn('.'), await switchedOn('sluice')], ['+pids', '+pids'])
})

test('version 2 as a user: the outermost group that was delegated, not the one we happen to run in', async () => {
  await writeFile(join(root, 'cgroup.controllers'), 'memory pids')
  await aGroup('user.slice/user@1000.service/app.slice')
  await aGroup('user.slice/user@1000.service/sluice')
  await aGroup('user.slice/user@1000.service')
  const ownGroup = '/user.slice/user@1000.service/app.slice'
  assert.equal(findCgroupLayout({ root, ownGroup, isRoot: false }).version, 2)
  assert.deepEqual(
    [
      await switchedOn('user.slice/user@1000.service'),
      await switchedOn('user.slice/user@1000.service/sluice'),
    ],
    ['+pids', '+pids'],
  )
})

test('version 2: a controller that the kernel does not switch on is not counted on', async () => {
  await writeFile(join(root, 'cgroup.controllers'), '')
  await aGroup('.')
  assert.deepEqual(findCgroupLayout({ root, ownGroup: '/', isRoot: true }), {
    version: 2,
    cpu: undefined,
    memory: undefined,
    pids: undefined,
  })
})

test('nothing delegated, nothing mounted: no limits, and no error', () => {
  assert.deepEqual(findCgroupLayout({ root, ownGroup: '/session.scope', isRoot: false }), {
    version: 1,
    cpu: undefined,
    memory: undefined,
    pids: undefined,
  })
})
