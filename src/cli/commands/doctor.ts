import { dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { examineMachine, type Check } from '#/cli/examine-machine.ts'
import { LocalCommand } from '#/cli/local-command.ts'

export class Doctor extends LocalCommand {
  static override summary = 'show what this machine offers, and how to mend what it lacks'
  static override description =
    'Runs a throw-away sandbox to see what it keeps apart. Ends with 1 if something that is needed is missing.'
  static override examples = ['$ sluice doctor', '$ sluice doctor --json']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const checks = await examineMachine(this.dataDirOf(flags))
    if (flags.json) this.printJson(checks)
    else for (const check of checks) this.print(format(check))
    if (checks.some(({ ok, isNeeded }) => isNeeded && !ok)) process.exitCode = 1
  }
}

const NAME_WIDTH = 24

const format = ({ name, ok, detail, cure, isNeeded }: Check): string => {
  const sign = ok ? '✓' : isNeeded ? '✗' : '–'
  const line = `${sign} ${name.padEnd(NAME_WIDTH)}${detail}`
  return cure === null ? line : `${line}\n${' '.repeat(NAME_WIDTH + 2)}→ ${cure}`
}
