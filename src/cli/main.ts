import { fileURLToPath } from 'node:url'
import { versionLine } from './version-line.ts'

const [first, ...rest] = process.argv.slice(2)

/** What follows `heroku` is for that CLI, also its `--help`, which oclif would take for ours. */
const argumentsOf = (): string[] | undefined =>
  first === 'heroku' && rest.length > 0 && rest[0] !== '--help' ? [first, '--', ...rest] : undefined

if (first === '--version' || first === '-v') {
  process.stdout.write(`${versionLine()}\n`)
} else {
  const { execute, settings } = await import('@oclif/core')
  settings.enableAutoTranspile = false // Node runs the TypeScript as it is
  const args = argumentsOf()
  await execute({
    dir: fileURLToPath(new URL('../..', import.meta.url)),
    ...(args ? { args } : {}),
  })
}
