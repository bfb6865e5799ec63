import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ended, start } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import { FAULTS } from '../faults/catalogue.ts'
import { CANARY, startFaultPlatform, type FaultPlatform } from '../faults/fault-platform.ts'
import { checkInvariants } from '../faults/invariants.ts'
import { findBlob } from '../faults/looks.ts'
import { observe } from '../faults/observe.ts'
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

test('what is planted in a running platform is found by the same checks', async () => {
  const { dataDir, home } = platform
  const leftover = join(home, 'supervisor.sh')
  await writeFile(leftover, 'sleep 600 & trap "kill $!" TERM; wait')
  const stray = start('sh', [leftover, join(dataDir, 'engine', 'dynos', newId(), 'run-1')], {
    stdio: 'ignore',
    env: {},
  })
  await writeFile(join(dataDir, 'process-logs', 'planted.log'), `token ${CANARY}`)
  const blob = (await findBlob(platform, 'page 0')) ?? ''
  const good = await readFile(blob)
  await writeFile(blob, 'pagE 0')
  const began = Date.now()
  const change = { kind: 'config', app: 'fast', began, ended: began, status: 200 } as const
  const promised = { ...change, wanted: 'never asked for', acknowledged: true }
  try {
    const seen = await observe(platform, [])
    const told = checkInvariants(seen, {
      visits: [],
      stalls: [],
      changes: [promised],
      faultAt: began,
    })
    const names = told.map((line) => line.slice(0, line.indexOf(':')))
    assert.deepEqual([...new Set(names)], ['I1', 'I8', 'I9', 'I12', 'I13'], told.join('\n'))
  } finally {
    await writeFile(blob, good)
    stray.kill()
    await ended(stray)
  }
})
