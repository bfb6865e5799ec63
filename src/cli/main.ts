import { fileURLToPath } from 'node:url'
import { messageOf } from '#/foundation/errors.ts'
import { versionLine } from './version-line.ts'

const [first, ...rest] = process.argv.slice(2)

/** What follows `heroku` is for that CLI, also its `--help`, which oclif would take for ours. */
const argumentsOf = (): string[] | undefined =>
  first === 'heroku' && rest.length > 0 && rest[0] !== '--help' ? [first, '--', ...rest] : undefined

if (first === '--version' || first === '-v') {
  process.stdout.write(`${versionLine()}\n`)
} else if (first === 'git:credentials') {
  const { answerGit } = await import('./answer-git.ts')
  await answerGit(rest).catch((error: unknown) => {
    process.stderr.write(` ›   Error: ${messageOf(error)}\n`)
    process.exitCode = 1
  })
} else {
  const { execute, settings } = await import('@oclif/core')
  settings.enableAutoTranspile = false // Node runs the TypeScript as it is
  const args = argumentsOf()
  await execute({
    dir: fileURLToPath(new URL('../..', import.meta.url)),
    ...(args ? { args } : {}),
  })
}
