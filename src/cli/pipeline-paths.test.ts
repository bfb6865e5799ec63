import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathsThrough } from './pipeline-paths.ts'

const app = (name: string, position: number) => ({ name, position })

test('a pipeline is the ways through its stages: fan-in and fan-out are several', () => {
  assert.deepEqual(pathsThrough([app('s', 2), app('p', 3)]), [['s', 'p']])
  assert.deepEqual(pathsThrough([app('s', 2), app('t', 2), app('p', 3)]), [
    ['s', 'p'],
    ['t', 'p'],
  ])
  assert.deepEqual(pathsThrough([app('d', 1), app('p', 3), app('q', 3)]), [
    ['d', 'p'],
    ['d', 'q'],
  ])
  assert.deepEqual(pathsThrough([app('alone', 0)]), [['alone']])
  assert.deepEqual(pathsThrough([]), [])
})
