import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatPairs } from '#/cli/table.ts'

type Marks = Record<string, 'secret' | 'plain'>

export class ConfigMark extends ApiCommand {
  static override summary =
    'say whether values of config vars are taken out of the log; without names: show the marks'
  static override examples = [
    '$ sluice config:mark GREETING --secret -a shop',
    '$ sluice config:mark PUBLIC_KEY --plain -a shop',
    '$ sluice config:mark -a shop',
  ]
  static override flags = {
    app: appFlag,
    secret: Flags.boolean({ description: 'take it out', exclusive: ['plain', 'default'] }),
    plain: Flags.boolean({ description: 'leave it in', exclusive: ['secret', 'default'] }),
    default: Flags.boolean({
      description: 'as its name says: KEY, TOKEN, SECRET, PASS … are taken out',
      exclusive: ['secret', 'plain'],
    }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }
  static override strict = false

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(ConfigMark)
    const keys = argv as string[]
    const api = await this.api(flags)
    const path = `/apps/${await this.appOf(flags)}/config-vars/marks`
    if (keys.length === 0) return this.show(await api.get<Marks>(path), flags.json)
    if (!flags.secret && !flags.plain && !flags.default)
      throw new Error('Say --secret, --plain or --default.')
    const mark = flags.secret ? 'secret' : flags.plain ? 'plain' : null
    const changes = Object.fromEntries(keys.map((key) => [key, mark]))
    this.show(await api.patch<Marks>(path, changes), flags.json)
  }

  private show(marks: Marks, isJson: boolean): void {
    if (isJson) return this.printJson(marks)
    if (Object.keys(marks).length === 0) return this.print('No config vars are marked.')
    this.print(formatPairs(Object.entries(marks)))
  }
}
