import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitStatusReader, tellingExitStatus } from './exit-status.ts'

const read = (...chunks: string[]): { shown: string; statuses: number[] } => {
  const statuses: number[] = []
  const take = exitStatusReader((status) => statuses.push(status))
  return { shown: chunks.map(take).join(''), statuses }
}
const MARKED = 'out\uFFFF heroku-command-exit-status: 42\r\n'

test('the exit status is told and not shown, wherever the output is cut', () => {
  assert.deepEqual(read(MARKED), { shown: 'out', statuses: [42] })
  assert.deepEqual(read(...MARKED.split('')), { shown: 'out', statuses: [42] })
})

test('what only begins like it is shown', () => {
  assert.deepEqual(read('a\uFFFF', ' heroku', 'b'), { shown: 'a\uFFFF herokub', statuses: [] })
})

test('a command is followed by its status', () => {
  assert.equal(tellingExitStatus('ls'), 'ls ; echo "\uFFFF heroku-command-exit-status: $?"')
})
