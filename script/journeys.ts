import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ended, start } from '#/foundation/exec.ts'
import { callerEnvironment } from '#/foundation/config.ts'

/**
 * Runs the journeys one file after another: each starts a whole platform, and two at once would measure one
 * another. A file that fails is run once more, and that is said: a journey is a test of the product on a machine
 * whose speed is not ours. `npm run test:journeys -- promote` runs those whose name contains `promote`.
 */
const dir = fileURLToPath(new URL('../test/journeys/', import.meta.url))
const wanted = process.argv.slice(2)

const runFile = async (file: string): Promise<boolean> => {
  const began = performance.now()
  console.log(`\n=== ${file}`)
  const child = start(process.execPath, ['--test', '--test-reporter=spec', `${dir}${file}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: callerEnvironment(),
  })
  const { code } = await ended(child)
  console.log(
    `=== ${file}: ${code === 0 ? 'passed' : 'FAILED'} in ${Math.round((performance.now() - began) / 1000)} s`,
  )
  return code === 0
}

const files = (await readdir(dir))
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .toSorted()

const failed: string[] = []
const passedSecond: string[] = []
for (const file of files) {
  if (await runFile(file)) continue
  console.log(`=== ${file}: once more`)
  if (await runFile(file)) passedSecond.push(file)
  else failed.push(file)
}
if (passedSecond.length > 0)
  console.log(`\nPassed only the second time: ${passedSecond.join(', ')}`)
console.log(`\njourneys: ${files.length - failed.length} passed, ${failed.length} failed`)
if (failed.length > 0) {
  console.error(`Failed twice: ${failed.join(', ')}`)
  process.exitCode = 1
}
