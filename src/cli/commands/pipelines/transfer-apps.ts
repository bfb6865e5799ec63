import type { ApiClient } from '#/api-client/api-client.ts'
import { ApiCommand, dataDirFlag, pipelineFlag } from '#/cli/api-command.ts'
import { appsOfPipeline, findPipeline, nameOfOwner } from '#/cli/pipeline-lookup.ts'
import type { PipelineJson } from '#/cli/wire.ts'

export class PipelinesTransferApps extends ApiCommand {
  static override summary = 'give the apps of a pipeline that belong to others to its owner'
  static override description =
    'Needs manage on each of them. One that cannot be transferred is named, and keeps none of the others back.'
  static override examples = ['$ sluice pipelines:transfer:apps -p shop']
  static override flags = { pipeline: pipelineFlag, 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(PipelinesTransferApps)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, flags.pipeline)
    const owner = await ownerOfApps(api, pipeline)
    const name = await nameOfOwner(api, pipeline.owner)
    const away = (await appsOfPipeline(api, pipeline.id)).filter((app) => app.ownedElsewhere)
    if (away.length === 0) return this.print(`Every app of ${pipeline.name} belongs to ${name}.`)
    const problems: string[] = []
    for (const app of away)
      await this.progress(
        `Transferring ⬢ ${app.name} to ${name}`,
        api.patch(`/teams/apps/${app.id}`, { owner }),
      ).catch((error: unknown) =>
        problems.push(`${app.name}: ${error instanceof Error ? error.message : String(error)}`),
      )
    if (problems.length > 0) this.error(problems.join('\n'), { exit: 1 })
  }
}

/** As the API names whom an app goes to: a team by its id, the caller as `~`. */
const ownerOfApps = async (api: ApiClient, { owner }: PipelineJson): Promise<string> => {
  if (owner.type === 'team') return owner.id
  const { id } = await api.get<{ id: string }>('/account')
  if (id !== owner.id) throw new Error('Only the owner of a personal pipeline takes its apps over.')
  return '~'
}
