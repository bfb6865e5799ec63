import { Args } from '@oclif/core'
import { ApiCommand, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { findPipeline, listAccess, nameOfOwner } from '#/cli/pipeline-lookup.ts'
import { formatPairs, formatTable } from '#/cli/table.ts'

const textOf = (permissions: { name: string }[]): string =>
  permissions.map(({ name }) => name).join(', ')

export class AccessList extends ApiCommand {
  static override summary = 'show who gets what on new review and test apps of a pipeline'
  static override examples = ['$ sluice pipelines:access shop']
  static override flags = { json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { pipeline: Args.string({ required: true, description: 'name or id' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(AccessList)
    const api = await this.api(flags)
    const pipeline = await findPipeline(api, args.pipeline)
    const people = await listAccess(api, pipeline.id)
    if (flags.json) return this.printJson({ pipeline, collaborators: people })
    const { ephemeral_apps: ephemeral } = pipeline
    const set = textOf(ephemeral.collaborator_permissions)
    const fixed = ephemeral.permissions_fixed_by_team ? ' (fixed by the team)' : ''
    this.print(`=== ${pipeline.name}\n`)
    this.print(
      formatPairs([
        ['Owner', await nameOfOwner(api, pipeline.owner)],
        ['Members join', ephemeral.collaborators_enabled ? `with ${set}${fixed}` : 'no'],
        ['Promote to production', whoPromotes(pipeline)],
      ]),
    )
    if (people.length === 0) return
    this.print('')
    this.print(
      formatTable(
        ['added by hand', 'permissions'],
        people.map(({ user, permissions }) => [user.email, textOf(permissions)]),
      ),
    )
  }
}

const whoPromotes = (pipeline: {
  owner: { type: string }
  production_promotion: string
}): string => {
  if (pipeline.owner.type === 'user') return 'the owner'
  return pipeline.production_promotion === 'deployers'
    ? 'all with deploy on the apps'
    : 'admins of the team'
}
