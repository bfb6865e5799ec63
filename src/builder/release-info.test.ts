import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReleaseInfo } from './release-info.ts'

const NOTHING = { addons: [], configVars: {}, defaultProcessTypes: {} }

test('what bin/release prints as YAML is understood', () => {
  const text =
    '---\naddons: [a:plan]\nconfig_vars: {PORT: 80}\ndefault_process_types:\n  web: npm start\n'
  assert.deepEqual(parseReleaseInfo(text), {
    addons: ['a:plan'],
    configVars: { PORT: '80' },
    defaultProcessTypes: { web: 'npm start' },
  })
})

test('what has another shape counts as nothing', () => {
  for (const text of ['', '--- {}', 'hello', '[1, 2]', 'addons: x\nconfig_vars: [1]', 'null'])
    assert.deepEqual(parseReleaseInfo(text), NOTHING)
})

test('what is no YAML, or grows without end, is refused', () => {
  for (const text of ['a: [', 'a: &x [1]\nb: [*x, *x]'])
    assert.throws(() => parseReleaseInfo(text), { name: 'BuildRejection' })
  assert.throws(() => parseReleaseInfo('default_process_types: {"a b": c}'), {
    message: '"a b" cannot be the name of a process type.',
  })
})
