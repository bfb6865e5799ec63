import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probeSandbox } from './probe-sandbox.ts'

/** What machines offer or do not; all else must hold wherever a sandbox can be entered. */
const DEPENDS = ['private network', 'cgroup limits', 'overlay']

test('a sandbox of this machine is closed, and the doctor can say what it tried', async () => {
  const probes = await probeSandbox()
  assert.ok(probes.length > 10)
  for (const { name, ok, detail, cure } of probes) {
    if (!DEPENDS.includes(name)) assert.ok(ok, `${name}: ${detail}`)
    assert.equal(cure === null, ok, `${name} has no cure`)
    assert.notEqual(detail, '')
  }
})
