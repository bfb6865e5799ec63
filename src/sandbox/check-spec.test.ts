import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSpec, SandboxSpecError } from './check-spec.ts'
import { buildTrialSpec } from './require-sandbox.ts'

test('no value can smuggle an option of its own to bubblewrap', () => {
  const spec = buildTrialSpec(['true'])
  const smuggled = 'x\0--bind\0/\0/host'
  assert.throws(() => checkSpec({ ...spec, env: { NAME: smuggled } }), SandboxSpecError)
  assert.throws(() => checkSpec({ ...spec, env: { [smuggled]: 'value' } }), SandboxSpecError)
  assert.throws(() => checkSpec({ ...spec, command: ['bash', '-c', smuggled] }), SandboxSpecError)
  assert.throws(() => checkSpec({ ...spec, hostname: smuggled }), SandboxSpecError)
  assert.throws(
    () => checkSpec({ ...spec, readOnly: [{ host: '/usr', inside: smuggled }] }),
    SandboxSpecError,
  )
})

test('what cannot be a variable is refused by name, its value untold', () => {
  const spec = buildTrialSpec(['true'])
  assert.throws(() => checkSpec({ ...spec, env: { 'A=B': 'c' } }), /'A=B' cannot be the name/)
  assert.throws(() => checkSpec({ ...spec, env: { '': 'c' } }), SandboxSpecError)
  assert.throws(() => checkSpec({ ...spec, env: { KEY: 'secret\0' } }), {
    message: 'The value of KEY has a NUL in it.',
  })
  checkSpec({ ...spec, env: { KEY: 'any text, =, \n and "quotes"', 'with.dot': '' } })
})
