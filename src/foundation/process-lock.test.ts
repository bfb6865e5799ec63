import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, test } from 'node:test'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { findLockHolder, takeProcessLock } from '#/foundation/process-lock.ts'

const root = await mkdtemp(join(tmpdir(), 'sluice-test-lock-'))
after(() => rm(root, { recursive: true, force: true }))

let folders = 0
const aFolder = (): string => join(root, String((folders += 1)))

const FIXTURE = fileURLToPath(new URL('../../test/support/fixtures/lock-taker.ts', import.meta.url))

/** A process that takes the lock if it can, says `taken` or `refused`, and lives until it is killed. */
const aTaker = async (dir: string): Promise<{ said: string; kill: () => Promise<void> }> => {
  const child = start(process.execPath, [FIXTURE, dir], {
    env: hostEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = ended(child)
  const said = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (text: Buffer) => resolve(String(text).trim())),
  )
  return {
    said,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

test('of many processes that want the lock at once one gets it', async () => {
  const dir = aFolder()
  const takers = await Promise.all(Array.from({ length: 8 }, () => aTaker(dir)))
  assert.equal(takers.filter(({ said }) => said === 'taken').length, 1)
  for (const { kill } of takers) await kill()
  assert.equal(findLockHolder(dir), undefined)
})

test('of many processes that find its holder killed one gets it', async () => {
  const dir = aFolder()
  const first = await aTaker(dir)
  assert.equal(first.said, 'taken')
  await first.kill()
  const takers = await Promise.all(Array.from({ length: 8 }, () => aTaker(dir)))
  assert.equal(takers.filter(({ said }) => said === 'taken').length, 1)
  for (const { kill } of takers) await kill()
})

test('a released lock can be taken again, a held one cannot', () => {
  const dir = aFolder()
  const lock = takeProcessLock(dir)
  assert.ok(lock)
  assert.equal(findLockHolder(dir)?.pid, process.pid)
  assert.equal(takeProcessLock(dir), undefined)
  lock.release()
  assert.equal(findLockHolder(dir), undefined)
  assert.ok(takeProcessLock(dir))
})

test('a lock whose text a power cut has taken is nobody’s', async () => {
  const dir = aFolder()
  takeProcessLock(dir)
  await writeFile(join(dir, 'lock.1'), '')
  assert.ok(takeProcessLock(dir))
})
