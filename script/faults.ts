import { parseArgs } from 'node:util'
import { FAULTS } from '../test/faults/catalogue.ts'
import { startFaultPlatform } from '../test/faults/fault-platform.ts'
import { p99, stallOf, times } from '../test/faults/invariants.ts'
import { runFault } from '../test/faults/run-fault.ts'

/** Each fault: load, the fault at moments that the seed decides, healing, quiet; then the invariants over what was recorded. */
const HELP = `Usage: script/faults [--seed NUMBER] [--list] [FAULT]...

Breaks a platform in every way it is meant to bear, under load, and checks afterwards that nothing was lost. Takes minutes.

  script/faults                 all of them, with a seed of its own, which it prints
  script/faults F04 F10         those whose name begins so
  script/faults --seed 7 F02    the same moments again
  script/faults --list          what there is
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean' } },
})
const wanted = FAULTS.filter(
  ({ id }) => positionals.length === 0 || positionals.some((name) => id.startsWith(name)),
)

if (values.help) console.log(HELP)
else if (values.list) for (const { id, what } of FAULTS) console.log(`${id.padEnd(32)} ${what}`)
else if (wanted.length === 0) {
  console.error(`There is no such fault. script/faults --list names them.`)
  process.exitCode = 2
} else {
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)
  console.log(`seed ${seed}`)
  const platform = await startFaultPlatform()
  const broken: string[] = []
  try {
    for (const fault of wanted) {
      const began = performance.now()
      console.log(`...  ${fault.id}  ${fault.what}`)
      const { problems, record } = await runFault(platform, fault, seed)
      const { visits, changes } = record
      console.log(
        `     ${visits.length} visits, ${visits.filter(({ status }) => status !== 200).length} failed, p99 ${p99(times(visits))} ms (stalls ${stallOf(record)} ms); ${changes.length} changes, ${changes.filter(({ acknowledged }) => acknowledged).length} acknowledged`,
      )
      const seconds = Math.round((performance.now() - began) / 1000)
      console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${fault.id} in ${seconds} s`)
      for (const problem of problems) console.log(`     ${problem}`)
      if (problems.length > 0) broken.push(fault.id)
    }
  } finally {
    await platform.stop()
  }
  console.log(
    `\n${wanted.length - broken.length} of ${wanted.length} faults borne, seed ${seed}${broken.length > 0 ? `; not: ${broken.join(', ')}` : ''}`,
  )
  process.exitCode = broken.length > 0 ? 1 : 0
}
