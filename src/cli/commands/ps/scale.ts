import { ApiCommand, appFlag, dataDirFlag } from '#/cli/api-command.ts'
import type { FormationJson } from '#/cli/wire.ts'

export class PsScale extends ApiCommand {
  static override summary =
    'set how many dynos of which size run; shows the formation without arguments'
  static override examples = [
    '$ sluice ps:scale -a shop',
    '$ sluice ps:scale web=2 worker=1 -a shop',
    '$ sluice ps:scale web+1 -a shop',
    '$ sluice ps:scale web=1:standard-2x -a shop',
  ]
  static override flags = { app: appFlag, 'data-dir': dataDirFlag }
  static override strict = false

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(PsScale)
    const api = await this.api(flags)
    const app = await this.appOf(flags)
    const updates = (argv as string[]).map(parseUpdate)
    const path = `/apps/${app}/formation`
    const formation =
      updates.length === 0
        ? await api.get<FormationJson[]>(path)
        : await this.progress(
            'Scaling dynos',
            api.patch<FormationJson[]>(path, { updates }),
            describe,
          )
    if (updates.length === 0)
      this.print(
        formation.map(({ type, quantity, size }) => `${type}=${quantity}:${size}`).join(' '),
      )
  }
}

const describe = (formation: { type: string; quantity: number; size: string }[]): string =>
  `done, now running ${formation.map(({ type, quantity, size }) => `${type} at ${quantity}:${size}`).join(', ')}`

/** `web=2`, `web+1`, `web-1`, `web=2:standard-2x` */
const parseUpdate = (text: string): { type: string; quantity: string; size?: string } => {
  const match = /^([\w-]+?)([=+-]\d+)(?::([\w-]+))?$/.exec(text)
  if (!match)
    throw new Error(`'${text}' is not TYPE=QUANTITY, such as web=2, web+1 or web=1:standard-2x.`)
  const [, type = '', quantity = '', size] = match
  return { type, quantity: quantity.replace(/^=/, ''), ...(size ? { size } : {}) }
}
