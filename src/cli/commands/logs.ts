import { Flags } from '@oclif/core'
import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import { parseMoment } from '#/cli/parse-moment.ts'
import { readEvents } from '#/cli/server-sent-events.ts'

export class Logs extends ApiCommand {
  static override summary = 'show the newest lines of an app, search in them, or follow them'
  static override examples = [
    '$ sluice logs -a shop',
    '$ sluice logs -a shop --tail --dyno web.1',
    '$ sluice logs -a shop --source heroku -n 500',
    '$ sluice logs -a shop --text "code=H12" --since 2h',
  ]
  static override flags = {
    app: appFlag,
    num: Flags.integer({
      char: 'n',
      default: 100,
      min: 1,
      max: 1500,
      description: 'how many lines',
    }),
    dyno: Flags.string({ char: 'd', description: 'only this dyno or type' }),
    source: Flags.string({
      char: 's',
      options: ['app', 'heroku'],
      description: 'only the app, or only the platform',
    }),
    text: Flags.string({ description: 'only lines with this in them, in upper or lower case' }),
    since: Flags.string({
      description: 'from this moment on, such as 30m (ago) or 2026-01-31T10:00',
    }),
    until: Flags.string({ description: 'before this moment', exclusive: ['tail'] }),
    tail: Flags.boolean({ char: 't', description: 'go on with new lines' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Logs)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const { logplex_url: url } = await api.post<{ logplex_url: string }>(
      `/apps/${app}/log-sessions`,
      {
        lines: flags.num,
        tail: flags.tail,
        ...(flags.dyno ? { dyno: flags.dyno } : {}),
        ...(flags.source ? { source: flags.source } : {}),
        ...(flags.text ? { text: flags.text } : {}),
        ...(flags.since ? { from: parseMoment(flags.since) } : {}),
        ...(flags.until ? { to: parseMoment(flags.until) } : {}),
      },
    )
    for await (const line of readEvents(api.stream(url))) this.print(line)
  }
}
