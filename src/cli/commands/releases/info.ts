import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag, jsonFlag } from '#/cli/api-command.ts'
import { newestVersion } from '#/cli/newest-release.ts'
import { formatPairs, formatTime } from '#/cli/table.ts'
import type { DeployJson, ReleaseJson, SlugJson } from '#/cli/wire.ts'

export class ReleasesInfo extends ApiCommand {
  static override summary = 'show a release: what it is, how it went, what the router saw'
  static override examples = [
    '$ sluice releases:info v12 -a shop',
    '$ sluice releases:info -a shop --json',
  ]
  static override flags = { app: appFlag, json: jsonFlag, 'data-dir': dataDirFlag }
  static override args = { release: Args.string({ description: 'v12; the newest without it' }) }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(ReleasesInfo)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const version = args.release ?? (await newestVersion(api, app))
    const release = await api.get<ReleaseJson>(`/apps/${app}/releases/${version.replace(/^v/, '')}`)
    const deploy = await api.get<DeployJson>(`/apps/${app}/releases/${release.version}/deploy`)
    const slug = release.slug && (await api.get<SlugJson>(`/apps/${app}/slugs/${release.slug.id}`))
    if (flags.json) return this.printJson({ ...release, deploy })
    this.print(`=== Release v${release.version}\n`)
    this.print(
      formatPairs([
        ['By', release.user.email],
        ['Change', release.description],
        ['Status', release.status],
        ...(release.failure_reason ? [['Reason', release.failure_reason] as [string, string]] : []),
        ['Slug', slug?.checksum.toLowerCase() ?? 'none'],
        ['Add-ons', release.addon_plan_names.join(', ')],
        ['When', formatTime(release.created_at)],
        ...describeDeploy(deploy),
      ]),
    )
  }
}

/** How long it took, and what the routers counted while old dynos made way for new. */
const describeDeploy = ({ started_at, finished_at, evidence }: DeployJson): [string, string][] => {
  const rows: [string, string][] = []
  if (started_at && finished_at)
    rows.push([
      'Deployed in',
      `${((Date.parse(finished_at) - Date.parse(started_at)) / 1000).toFixed(1)}s`,
    ])
  if (evidence) rows.push(['Requests', describeRequests(evidence)])
  return rows
}

const describeRequests = (evidence: NonNullable<DeployJson['evidence']>): string =>
  (evidence.served_by_old + evidence.served_by_new + evidence.failed === 0
    ? 'none came meanwhile'
    : `${evidence.served_by_old} by the old dynos (${evidence.drained} while they drained), ${evidence.served_by_new} by the new, ${evidence.failed} failed, the longest ${evidence.longest_ms} ms`) +
  (evidence.complete === false ? ' (not complete: a router ended before it had told all)' : '')
