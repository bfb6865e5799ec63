import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FAULTS } from '../faults/catalogue.ts'
import { startFaultPlatform, type FaultPlatform } from '../faults/fault-platform.ts'
import { runFault } from '../faults/run-fault.ts'

/** The quick ones of `script/faults`, each with its moments from a seed that is printed if it fails. */
let platform: FaultPlatform
before(async () => {
  platform = await startFaultPlatform()
})
after(() => platform?.stop())

for (const fault of FAULTS.filter(({ isQuick }) => isQuick))
  test(`${fault.id}: ${fault.what}`, async () => {
    const seed = Date.now() % 1_000_000
    const { problems } = await runFault(platform, fault, seed)
    assert.deepEqual(problems, [], `seed ${seed}`)
  })
