import { setTimeout as pause } from 'node:timers/promises'
import { ApiClientError, type ApiClient } from '#/api-client/api-client.ts'
import { wordsOfStep } from '#/platform/deploy/deploy-step-table.ts'
import { readEvents } from './server-sent-events.ts'
import type { PromotionRecordJson } from './wire.ts'

const RECONNECT_MS = 500
/** A control plane that was killed is back within seconds, and the promotion goes on where it was. */
const SILENCE_LIMIT_MS = 60_000

/** Follows a promotion until it has settled, and says each step of each target once. */
export const followPromotion = async (
  api: ApiClient,
  id: string,
  say: (line: string) => void = () => {},
): Promise<PromotionRecordJson> => {
  const said = new Set<string>()
  let heardAt = performance.now()
  const look = (record: PromotionRecordJson): void => {
    heardAt = performance.now()
    sayNew(record, said, say)
  }
  for (;;) {
    const record = await readToEnd(api, id, look).catch((error: unknown) => {
      const isAnswer = error instanceof ApiClientError && error.status !== 503
      if (isAnswer || performance.now() - heardAt > SILENCE_LIMIT_MS) throw error
    })
    if (record?.settled_at) return record
    await pause(RECONNECT_MS) // cut off: the record is kept there
  }
}

const readToEnd = async (
  api: ApiClient,
  id: string,
  look: (record: PromotionRecordJson) => void,
): Promise<PromotionRecordJson | undefined> => {
  let last: PromotionRecordJson | undefined
  const stream = api.download(`/pipeline-promotions/${id}/event-stream`, 'text/event-stream')
  for await (const data of readEvents(stream)) {
    last = JSON.parse(data) as PromotionRecordJson
    look(last)
  }
  return last
}

const sayNew = (
  { targets }: PromotionRecordJson,
  said: Set<string>,
  say: (line: string) => void,
): void => {
  for (const { app, steps, status } of targets) {
    const lines = steps
      .filter(({ finished_at: finishedAt }) => finishedAt !== null)
      .map(
        ({ name, duration_ms: ms }) =>
          `${app.name ?? app.id}: ${wordsOfStep(name)} (${ms ?? 0} ms)`,
      )
    if (status === 'failed') lines.push(`${app.name ?? app.id}: failed`)
    for (const line of lines) {
      if (said.has(line)) continue
      said.add(line)
      say(line)
    }
  }
}
