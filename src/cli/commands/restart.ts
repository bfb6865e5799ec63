import { setTimeout as pause } from 'node:timers/promises'
import { dataDirFlag } from '#/cli/api-command.ts'
import { LocalCommand } from '#/cli/local-command.ts'
import { askKeeper } from '#/foundation/ask-keeper.ts'
import { findKeeper } from '#/foundation/keeper-state.ts'

const LIMIT_MS = 30_000

export class Restart extends LocalCommand {
  static override summary = 'put the code of today in the place of what runs; dynos go on serving'
  static override description =
    'Router, control plane, engine and keeper are replaced one after another. No request of an app fails; calls of the API wait for a second.'
  static override examples = ['$ git pull && script/bootstrap && sluice restart']
  static override flags = { 'data-dir': dataDirFlag }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Restart)
    const dataDir = this.dataDirOf(flags)
    const before = findKeeper(dataDir)
    if (!before) throw new Error(`No platform is up in ${dataDir}. Start it with: sluice up`)
    await askKeeper(dataDir, { request: 'restart' }, (name) =>
      process.stderr.write(`Replaced ${name}\n`),
    )
    await untilAnother(dataDir, before.pid)
    process.stderr.write('Replaced keeper\n')
  }
}

const untilAnother = async (dataDir: string, before: number): Promise<void> => {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const pid = findKeeper(dataDir)?.pid
    if (pid !== undefined && pid !== before && (await isReady(dataDir))) return
    if (performance.now() > deadline)
      throw new Error('The keeper itself was not replaced. See: sluice status')
    await pause(50)
  }
}

const isReady = (dataDir: string): Promise<boolean> =>
  askKeeper(dataDir, { request: 'ready' }).then(
    () => true,
    () => false,
  )
