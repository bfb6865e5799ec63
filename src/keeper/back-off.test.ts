import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countDeaths, pauseAfter } from './back-off.ts'

test('a process that keeps dying is started at once, then after longer and longer pauses up to five seconds', () => {
  const pauses: number[] = []
  let deaths = 0
  for (let times = 0; times < 10; times += 1) {
    deaths = countDeaths(deaths, 50)
    pauses.push(pauseAfter(deaths))
  }
  assert.deepEqual(pauses, [0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
})

test('a process that lived ten seconds is started at once again', () => {
  assert.equal(pauseAfter(countDeaths(9, 10_000)), 0)
})
