import { Args } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'

type Settings = { overlap: boolean }

export class DeploysOverlap extends ApiCommand {
  static override summary = 'whether old and new dynos may run at the same time during a deploy'
  static override description =
    'On: new dynos start beside the old, and no request is dropped. Off, for apps that cannot overlap: the old stop first, and the app does not answer until the new are up.'
  static override examples = [
    '$ sluice deploys:overlap off -a shop',
    '$ sluice deploys:overlap -a shop',
  ]
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override args = {
    state: Args.string({ options: ['on', 'off'], description: 'left out: show it' }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(DeploysOverlap)
    const api = await this.api(flags)
    const path = `/apps/${await this.appOf(flags)}/deploy-settings`
    const { overlap } = args.state
      ? await api.patch<Settings>(path, { overlap: args.state === 'on' })
      : await api.get<Settings>(path)
    this.print(
      overlap ? 'on: new dynos start before the old stop' : 'off: the old dynos stop first',
    )
  }
}
