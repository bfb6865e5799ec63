import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newestNpmFor, newestVersion } from './node-version.ts'
import { chooseInterpreter } from './python-runtime.ts'

test('the newest version is so by number, and no pre-release', () => {
  assert.equal(newestVersion(['22.9.0', '22.23.3', '22.10.0', '23.0.0-rc.1']), '22.23.3')
  assert.equal(newestVersion(['nightly']), undefined)
})

test('each Node gets the newest npm that runs on it', () => {
  const versions = [
    '24.1.0',
    '22.9.0',
    '22.8.0',
    '21.0.0',
    '20.17.0',
    '20.5.0',
    '18.20.0',
    '16.1.0',
    '12.0.0',
  ]
  assert.deepEqual(versions.map(newestNpmFor), [11, 11, 10, 10, 11, 10, 10, 9, 6])
})

const found = ['3.11.2', '3.11.7', '3.9.18', '3.12.1'].map((version) => ({
  path: version,
  version,
}))

test('an interpreter is the very version, else of the same minor one, else none', () => {
  const choose = (asked: string) => chooseInterpreter(found, asked)?.version
  assert.equal(choose('3.11.2'), '3.11.2')
  assert.equal(choose('3.11.4'), '3.11.7')
  assert.equal(choose('3.11'), '3.11.7')
  assert.equal(choose('3.1'), undefined)
  assert.equal(choose('3.8.1'), undefined)
  assert.equal(choose(''), '3.12.1')
})
