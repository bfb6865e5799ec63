import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '../../test/support/until.ts'
import { followFeed, serveFeeds, type FeedServer, type FeedSource } from './feed.ts'
import { createLogger } from './log.ts'

type Row = { id: string; value: number }
type Report = { seen: number }

let dir: string
const log = createLogger('test')
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
})
after(() => rm(dir, { recursive: true, force: true }))

/** A source over a plain table whose every change has the next number. */
const aSource = () => {
  const rows = new Map<string, { value: number; number: number; gone: boolean }>()
  const listeners = new Set<() => void>()
  const reports: { number: number; report: Report }[] = []
  let number = 0
  const source: FeedSource<Row, Report> = {
    name: 'things',
    readTable: async () => ({
      number,
      rows: [...rows].filter(([, row]) => !row.gone).map(([id, { value }]) => ({ id, value })),
    }),
    readChange: async (since) => {
      const changed = [...rows].filter(([, row]) => row.number > since)
      return {
        number,
        set: changed.filter(([, row]) => !row.gone).map(([id, { value }]) => ({ id, value })),
        remove: changed.filter(([, row]) => row.gone).map(([id]) => id),
      }
    },
    onNews: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onReport: async (_follower, at, report) => void reports.push({ number: at, report }),
  }
  const change = (id: string, value: number | undefined): void => {
    number += 1
    rows.set(id, { value: value ?? 0, number, gone: value === undefined })
    for (const listener of listeners) listener()
  }
  return { source, change, reports }
}

const aFollower = (path: string) => {
  const table = new Map<string, number>()
  const numbers: number[] = []
  const client = followFeed<Row, Report>({
    path,
    feed: 'things',
    follower: 'one',
    log,
    applyTable: ({ number, rows }) => {
      table.clear()
      for (const { id, value } of rows) table.set(id, value)
      numbers.push(number)
    },
    applyChange: ({ number, set, remove }) => {
      for (const { id, value } of set) table.set(id, value)
      for (const id of remove) table.delete(id)
      numbers.push(number)
    },
    wholeReport: () => ({ seen: table.size }),
  })
  return { table, numbers, client }
}

test('a follower has the whole table at connect and every change after, in order', async () => {
  const { source, change, reports } = aSource()
  change('a', 1)
  const path = join(dir, 'order.sock')
  const server = await serveFeeds(path, [source], log)
  const follower = aFollower(path)
  await until(() => follower.table.get('a') === 1)
  for (let value = 2; value <= 50; value++) change('a', value)
  change('b', 7)
  change('a', undefined)
  await until(() => follower.table.get('b') === 7 && !follower.table.has('a'))
  assert.deepEqual(
    follower.numbers,
    follower.numbers.toSorted((x, y) => x - y),
  )
  follower.client.report({ seen: 99 })
  await until(() => reports.some(({ report, number }) => report.seen === 99 && number === 52))
  follower.client.stop()
  await server.stop()
})

test('after a server restart the follower has what it missed', async () => {
  const { source, change } = aSource()
  const path = join(dir, 'restart.sock')
  let server: FeedServer = await serveFeeds(path, [source], log)
  const follower = aFollower(path)
  change('a', 1)
  await until(() => follower.table.get('a') === 1)
  await server.stop()
  change('a', 2)
  change('c', 3)
  server = await serveFeeds(path, [source], log)
  await until(() => follower.table.get('a') === 2 && follower.table.get('c') === 3)
  follower.client.stop()
  await server.stop()
})
