import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { formatCommit, plural, type DiffJson } from '#/cli/format-diff.ts'
import { promotionOf, readDiff } from '#/cli/pipeline-lookup.ts'

export class PipelineDiff extends ApiCommand {
  static override summary = 'show the commits that an app has and the one downstream has not'
  static override examples = ['$ sluice pipeline:diff -a shop-staging']
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelineDiff)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    if (flags.json) return this.printJson(await readDiff(api, app, undefined))
    const { source, targets } = await promotionOf(api, app, undefined)
    for (const { name } of targets) {
      process.stdout.write(`Comparing ${source.name} to ${name}...`)
      const [target] = (await readDiff(api, app, name)).targets
      if (target) this.print(outcomeOf(source.name, target))
    }
  }
}

const outcomeOf = (source: string, { app, code, same_digest }: DiffJson['targets'][number]) => {
  if (same_digest || code?.ahead_by === 0)
    return `done, ${source} has no commits that ${app.name} has not`
  if (!code) return 'done, the commits cannot be compared here'
  return [
    `done, ${source} ahead by ${plural(code.ahead_by, 'commit')}:`,
    ...code.commits.map(formatCommit),
  ].join('\n')
}
