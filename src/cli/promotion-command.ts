import type { ApiClient } from '#/api-client/api-client.ts'
import { ApiCommand } from './api-command.ts'
import { followPromotion } from './follow-promotion.ts'
import { formatOutcomes } from './format-promotion.ts'

/** A command that begins a promotion and stays with it. */
export abstract class PromotionCommand extends ApiCommand {
  /** Says each step as it ends, and the outcome of each target; exit status 1 if one failed. */
  protected async follow(api: ApiClient, id: string, isJson: boolean): Promise<void> {
    let hasSteps = false
    const say = (line: string): void => {
      hasSteps = true
      process.stderr.write(`\n  ${line}`)
    }
    const record = await this.progress(
      'Waiting for promotion to complete',
      followPromotion(api, id, say),
      () => (hasSteps ? '\n  done' : 'done'),
    )
    if (isJson) this.printJson(record)
    else this.print(`\nPromotion finished\n\n${formatOutcomes(record)}`)
    if (record.targets.some(({ status }) => status === 'failed')) this.exit(1)
  }
}
