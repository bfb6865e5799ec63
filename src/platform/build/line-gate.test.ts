import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redactor } from '#/log-store/redactor.ts'
import { until } from '../../../test/support/until.ts'
import { createLineGate } from './line-gate.ts'

const aGate = () => {
  const redact = redactor({ A_TOKEN: 'the-secret' })
  const passed: string[] = []
  const gate = createLineGate((text) => void passed.push(redact(text)), redact.cutOf)
  return { passed, gate }
}

test('whole lines come through at once, the rest with its end', () => {
  const { passed, gate } = aGate()
  gate.write('one\ntwo\nthe-s')
  gate.write('ecret\n')
  assert.deepEqual(passed, ['one\ntwo\n', '[REDACTED]\n'])
  gate.write('no end')
  gate.flush()
  assert.equal(passed.at(-1), 'no end')
})

test('a line that stops is shown after a while, but not the half of a secret', async () => {
  const { passed, gate } = aGate()
  gate.write('Fetching... the-se')
  await until(() => passed.length > 0, { limitMs: 20_000 })
  assert.deepEqual(passed, ['Fetching... '])
  gate.write('cret, done\n')
  assert.equal(passed.join(''), 'Fetching... [REDACTED], done\n')
})

test('a line without an end does not grow, nor tears it a secret', () => {
  const { passed, gate } = aGate()
  for (let at = 0; at < 100; at++) gate.write(`${'x'.repeat(1_500)}the-sec`.concat('ret'))
  assert.ok(passed.length > 0)
  gate.flush()
  assert.equal(passed.join(''), `${'x'.repeat(1_500)}[REDACTED]`.repeat(100))
})
