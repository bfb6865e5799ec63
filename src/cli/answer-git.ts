import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { findConnection } from './find-connection.ts'

const USAGE = `Answers git, which asks for a user name and password (gitcredentials(7)).

USAGE
  $ sluice git:credentials get|store|erase [--data-dir DIR]

EXAMPLES
  $ git config credential.https://localhost:5000.helper '!sluice git:credentials'
`

/**
 * `sluice git:credentials`, outside the framework of the other commands, which would take most of the time.
 * @throws in words for whoever ran git
 */
export const answerGit = async (args: string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) return void process.stdout.write(USAGE)
  if (positionals[0] !== 'get') return // nothing is kept, so there is nothing to store or erase
  const { gitHost, token } = await findConnection(values['data-dir'])
  const asked = (await text(process.stdin)).split('\n')
  if (!asked.includes(`host=${gitHost}`)) return
  process.stdout.write(`protocol=https\nhost=${gitHost}\nusername=heroku\npassword=${token}\n`)
}
