import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crashBackOff } from './back-off.ts'

test('a dyno that keeps ending waits 0, 10, 20, 40 … 300 s, give or take a tenth', () => {
  const seconds = [0, 10, 20, 40, 80, 160, 300, 300, 300]
  seconds.forEach((expected, at) => {
    for (let n = 0; n < 50; n++) {
      const delay = crashBackOff.delayMs(at + 1) / 1000
      assert.ok(delay >= expected * 0.9 && delay <= expected * 1.1, `${at + 1}: ${delay}`)
    }
  })
  assert.ok(crashBackOff.delayMs(10_000) <= 330_000)
})
