import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowsOnEphemeral, type EphemeralAction } from './ephemeral-permissions.ts'
import { EPHEMERAL_ACTIONS } from './ephemeral-table.ts'

/** view, deploy, operate, manage: x where that one alone is enough. */
const TABLE: Record<EphemeralAction, string> = {
  'view pull requests': 'xxxx',
  'view review apps': 'xxxx',
  'open review apps': 'xxxx',
  'create review apps': 'xxxx',
  'delete review apps': 'xxxx',
  'view builds': '.xxx',
  'edit config vars of review apps': '.xxx',
  'view tests': 'xxxx',
  'create test runs': '.x.x',
  'cancel test runs': '...x',
  'enable CI': '...x',
}
const PERMISSIONS = ['view', 'deploy', 'operate', 'manage'] as const
const ACTIONS = Object.keys(EPHEMERAL_ACTIONS) as EphemeralAction[]

test('every action with every set of permissions is allowed by the table and by nothing else', () => {
  assert.deepEqual(ACTIONS.toSorted(), Object.keys(TABLE).toSorted())
  for (const action of ACTIONS)
    for (let bits = 0; bits < 16; bits++) {
      const held = PERMISSIONS.filter((_, index) => bits & (1 << index))
      const expected = held.some((one) => TABLE[action][PERMISSIONS.indexOf(one)] === 'x')
      assert.equal(allowsOnEphemeral(held, action), expected, `${action} with ${held.join(' ')}`)
    }
})
