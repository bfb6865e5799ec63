import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { ended, start } from './exec.ts'

test('the end of a child is told to whoever asks while it runs, and to whoever asks afterwards', async () => {
  const child = start('sh', ['-c', 'exit 3'], { stdio: 'ignore' })
  const closed = once(child, 'close')
  assert.deepEqual(await ended(child), { code: 3, signal: null })
  await closed
  assert.deepEqual(await ended(child), { code: 3, signal: null })
})

test('a child that a signal ended is told with the signal, with pipes as without', async () => {
  const child = start('sleep', ['60'], { stdio: 'pipe' })
  const end = ended(child)
  child.kill('SIGKILL')
  assert.deepEqual(await end, { code: 128, signal: 'SIGKILL' })
  assert.deepEqual(await ended(child), { code: 128, signal: 'SIGKILL' })
})
