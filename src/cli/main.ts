import { fileURLToPath } from 'node:url'
import { versionLine } from './version-line.ts'

const [first] = process.argv.slice(2)

if (first === '--version' || first === '-v') {
  process.stdout.write(`${versionLine()}\n`)
} else {
  const { execute, settings } = await import('@oclif/core')
  settings.enableAutoTranspile = false // Node runs the TypeScript as it is
  await execute({ dir: fileURLToPath(new URL('../..', import.meta.url)) })
}
