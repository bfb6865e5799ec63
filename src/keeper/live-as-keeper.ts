import type { KeeperAnswer } from '#/foundation/ask-keeper.ts'
import { messageOf } from '#/foundation/errors.ts'
import type { Keeper } from './keeper.ts'
import { KeeperRunsError, openKeeper, type OpenOptions } from './open-keeper.ts'

export type Report = (answer: KeeperAnswer) => void

/**
 * The life of a keeper process. SIGTERM and SIGINT take everything down and end it. What keeps it from becoming the
 * keeper ends it too; a process that does not come up is reported, tried again, and lets the others serve meanwhile.
 */
export const liveAsKeeper = async (
  options: OpenOptions,
  report: Report,
): Promise<Keeper | undefined> => {
  const opened = await openKeeper(options).catch((error: unknown) => {
    if (!(error instanceof KeeperRunsError && options.mode === 'take-over'))
      options.log.fatal({ err: error }, 'the keeper cannot start')
    report({ error: messageOf(error) })
  })
  if (!opened) process.exit(1)
  const { keeper, goesUp } = opened
  const stop = (): void => void keeper.stop().then(() => process.exit(0))
  process.on('SIGTERM', stop).on('SIGINT', stop)
  if (!goesUp) {
    stop()
    return undefined
  }
  await keeper.start()
  report({ step: 'started' })
  await keeper.untilReady().then(
    () => report({ result: { pid: process.pid } }),
    (error: unknown) => report({ error: messageOf(error) }),
  )
  return keeper
}
