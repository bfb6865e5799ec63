import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'

export class GitCredentials extends ApiCommand {
  static override summary = 'answer git, which asks for a user name and password'
  static override examples = ['$ sluice git:credentials get']
  static override flags = { 'data-dir': dataDirFlag }
  static override args = {
    action: Args.string({ required: true, description: 'get, store or erase, as git says' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(GitCredentials)
    if (args.action !== 'get') return
    const { gitHost, token } = await this.connection(flags['data-dir'])
    const asked = await readInput()
    if (!asked.split('\n').includes(`host=${gitHost}`)) return
    this.print(`protocol=https\nhost=${gitHost}\nusername=heroku\npassword=${token}`)
  }
}

const readInput = async (): Promise<string> => {
  const chunks: string[] = []
  for await (const chunk of process.stdin.setEncoding('utf8')) chunks.push(String(chunk))
  return chunks.join('')
}
