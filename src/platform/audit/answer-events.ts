import { Readable } from 'node:stream'
import { ApiError } from '#/foundation/errors.ts'
import { pageOf, parseRange } from '#/foundation/range.ts'
import { sendPage, type Call } from '#/platform/route.ts'
import { EVENT_CSV_COLUMNS, presentEvent, type PresentedEvent } from './audit-schema.ts'
import { eachEvent, listEvents } from './audit-store.ts'
import { parseFilter, type Scope, type StoredEvent, type Wanted } from './audit.ts'
import { csvLine } from './csv.ts'

type Asked = Call<unknown, unknown, unknown>

/**
 * Answers with a page of the log, or with all of it that the filters let through if JSON lines or CSV are asked for.
 * @param isWhole says of an event whether the caller also learns from where it was done
 */
export const answerEvents = async (
  call: Asked,
  scope: Scope,
  isWhole: (event: StoredEvent) => boolean,
): Promise<unknown> => {
  const wanted = { scope, filter: parseFilter(call.query) }
  const present = (event: StoredEvent): PresentedEvent => presentEvent(event, isWhole(event))
  const accept = call.request.headers.accept ?? ''
  if (accept.includes('application/x-ndjson'))
    return send(call, 'application/x-ndjson', jsonLines(call, wanted, present))
  if (accept.includes('text/csv'))
    return send(call, 'text/csv; charset=utf-8; header=present', csv(call, wanted, present))
  const range = parseRange(call.request.headers.range, ['id'])
  for (const bound of [range.start, range.end])
    if (bound !== undefined && !/^\d{1,15}$/.test(bound))
      throw new ApiError(416, 'requested_range_not_satisfiable', 'Ids of events are numbers.')
  const found = await listEvents(call.platform.db, call.actor, wanted, range)
  return sendPage(
    call.reply,
    pageOf(found, range, ({ id }) => String(id)),
    present,
  )
}

const send = ({ reply }: Asked, type: string, text: AsyncGenerator<string>): Readable => {
  void reply.type(type).header('cache-control', 'no-store')
  return Readable.from(text, { highWaterMark: 1 })
}

type Present = (event: StoredEvent) => PresentedEvent

async function* jsonLines(
  { platform, actor }: Asked,
  wanted: Wanted,
  present: Present,
): AsyncGenerator<string> {
  for await (const batch of eachEvent(platform.db, actor, wanted))
    yield batch.map((event) => `${JSON.stringify(present(event))}\n`).join('')
}

async function* csv(
  { platform, actor }: Asked,
  wanted: Wanted,
  present: Present,
): AsyncGenerator<string> {
  yield csvLine(Object.keys(EVENT_CSV_COLUMNS))
  const columns = Object.values(EVENT_CSV_COLUMNS)
  for await (const batch of eachEvent(platform.db, actor, wanted))
    yield batch
      .map(present)
      .map((event) => csvLine(columns.map((cellOf) => cellOf(event))))
      .join('')
}
