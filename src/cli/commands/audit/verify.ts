import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import type { VerificationJson } from '#/cli/wire.ts'

export class AuditVerify extends ApiCommand {
  static override summary = 'prove that no event was changed or removed'
  static override description =
    'Computes the seal of every hour again, and names each event that does not fit. Ends with 1 if there is one. Keep the head that it prints outside of this machine: with --head it later proves that the seals themselves were not made anew.'
  static override examples = ['$ sluice audit:verify', '$ sluice audit:verify --head 4f1c…']
  static override flags = {
    head: Flags.string({ description: 'the head of an earlier verification' }),
    json: jsonFlag,
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuditVerify)
    const api = await this.api(flags)
    const query = flags.head === undefined ? '' : `?head=${encodeURIComponent(flags.head)}`
    const found = await api.get<VerificationJson>(`/events/verification${query}`)
    if (flags.json) this.printJson(found)
    else this.print(format(found))
    if (!found.intact) process.exitCode = 1
  }
}

const format = (found: VerificationJson): string =>
  [
    ...found.problems.map(({ message }) => message),
    ...(found.more_problems ? ['There is more that does not fit.'] : []),
    `${found.events} events in ${found.hours} sealed hours ${found.intact ? 'are as they were written' : 'were verified'}.`,
    ...(found.dropped_hours ? [`Events of ${found.dropped_hours} older hours were dropped.`] : []),
    `${found.unsealed_events} newer events are not sealed yet.`,
    ...(found.head === null ? [] : [`Head: ${found.head}`]),
  ].join('\n')
