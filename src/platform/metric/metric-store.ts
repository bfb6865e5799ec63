import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { MetricStep, Window } from './metric.ts'

/** What one reporter says of a minute; what it does not say stays 0. */
export type NewMinute = {
  appId: string
  processType: string
  /** ISO 8601 */
  minute: string
  statuses?: number[]
  latencySumMs?: number
  latencyMaxMs?: number
  buckets?: number[]
  counts?: number[]
  samples?: number
  cpuMs?: number
  memorySumBytes?: number
  memoryMaxBytes?: number
  loadSum?: number
}

/**
 * Replaces what this reporter has said of these minutes before. Of apps that are not there, and of times that cannot
 * be, nothing is kept.
 */
export const upsertMinutes = async (
  db: Db,
  reporter: string,
  minutes: readonly NewMinute[],
): Promise<void> => {
  const last = new Map(
    minutes.map((one) => [`${one.appId} ${one.processType} ${one.minute}`, columnsOf(one)]),
  )
  if (last.size === 0) return
  const rows = JSON.stringify([...last.values()])
  await sql`insert into metric_minutes (app_id, minute, process_type, reporter, informational, successful, redirected,
      client_errors, server_errors, latency_sum_ms, latency_max_ms, latency_buckets, latency_counts, samples, cpu_ms,
      memory_sum_bytes, memory_max_bytes, load_sum)
    select m.app_id, m.minute, m.process_type, ${reporter}, m.informational, m.successful, m.redirected,
      m.client_errors, m.server_errors, m.latency_sum_ms, m.latency_max_ms, m.latency_buckets, m.latency_counts, m.samples,
      m.cpu_ms, m.memory_sum_bytes, m.memory_max_bytes, m.load_sum
    from json_populate_recordset(null::metric_minutes, ${rows}::json) m
      join apps on apps.id = m.app_id and apps.destroyed_at is null
    where m.minute between now() - interval '7 days' and now() + interval '5 minutes'
    order by m.app_id, m.process_type, m.minute
    on conflict (app_id, minute, process_type, reporter) do update set
      informational = excluded.informational, successful = excluded.successful, redirected = excluded.redirected,
      client_errors = excluded.client_errors, server_errors = excluded.server_errors,
      latency_sum_ms = excluded.latency_sum_ms, latency_max_ms = excluded.latency_max_ms,
      latency_buckets = excluded.latency_buckets, latency_counts = excluded.latency_counts,
      samples = excluded.samples, cpu_ms = excluded.cpu_ms, memory_sum_bytes = excluded.memory_sum_bytes,
      memory_max_bytes = excluded.memory_max_bytes, load_sum = excluded.load_sum`.execute(db)
}

const NOTHING = {
  ...{ statuses: [0, 0, 0, 0, 0], latencySumMs: 0, latencyMaxMs: 0, buckets: [], counts: [] },
  ...{ samples: 0, cpuMs: 0, memorySumBytes: 0, memoryMaxBytes: 0, loadSum: 0 },
} satisfies Partial<NewMinute>

const columnsOf = (said: NewMinute) => {
  const one = { ...NOTHING, ...said }
  return {
    app_id: one.appId,
    process_type: one.processType,
    minute: one.minute,
    informational: one.statuses[0],
    successful: one.statuses[1],
    redirected: one.statuses[2],
    client_errors: one.statuses[3],
    server_errors: one.statuses[4],
    latency_sum_ms: one.latencySumMs,
    latency_max_ms: one.latencyMaxMs,
    latency_buckets: one.buckets,
    latency_counts: one.counts,
    samples: one.samples,
    cpu_ms: Math.round(one.cpuMs),
    memory_sum_bytes: Math.round(one.memorySumBytes),
    memory_max_bytes: Math.round(one.memoryMaxBytes),
    load_sum: one.loadSum,
  }
}

type StepRow = Omit<MetricStep, 'statuses' | 'latency'> & {
  statuses: MetricStep['statuses']
  latency: [number, number][] | null
}

/** By process type and time; steps in which nothing was counted are left out. */
export const readMetrics = async (
  db: Db,
  appIds: readonly string[],
  { from, to, stepSeconds, processType }: Window & { processType?: string | undefined },
): Promise<(MetricStep & { appId: string })[]> => {
  const { rows } = await sql<StepRow & { appId: string }>`
    with chosen as (
      select *, date_bin(make_interval(secs => ${stepSeconds}), minute, '2000-01-01T00:00:00Z') as at
      from metric_minutes
      where app_id = any(${[...appIds]}::uuid[]) and minute >= ${from} and minute < ${to}
        and (${processType ?? null}::text is null or process_type = ${processType ?? null})
    ),
    latencies as (
      select app_id, process_type, at, json_agg(json_build_array(bucket, count)) as latency from (
        select app_id, process_type, at, bucket, sum(count) as count
        from chosen, unnest(latency_buckets, latency_counts) as l(bucket, count)
        group by app_id, process_type, at, bucket
      ) b group by app_id, process_type, at
    )
    select c.app_id, c.process_type, c.at,
      json_build_array(sum(informational), sum(successful), sum(redirected), sum(client_errors), sum(server_errors)) as statuses,
      sum(latency_sum_ms)::bigint as latency_sum_ms, max(latency_max_ms) as latency_max_ms,
      sum(samples)::bigint as samples, sum(cpu_ms)::bigint as cpu_ms, sum(memory_sum_bytes)::bigint as memory_sum_bytes,
      max(memory_max_bytes) as memory_max_bytes, sum(load_sum) as load_sum,
      (select latency from latencies l where (l.app_id, l.process_type, l.at) = (c.app_id, c.process_type, c.at)) as latency
    from chosen c group by c.app_id, c.process_type, c.at order by c.app_id, c.process_type, c.at`.execute(
    db,
  )
  return rows.map((row) => ({ ...row, latency: new Map(row.latency ?? []) }))
}

export type MetricTotals = {
  appId: string
  processType: string
  statuses: MetricStep['statuses']
  latencySumMs: number
  cpuMs: number
}

/** Since the apps were made. */
export const readTotals = async (db: Db, appIds: readonly string[]): Promise<MetricTotals[]> => {
  const rows = await db
    .selectFrom('metricTotals')
    .selectAll()
    .where('appId', 'in', appIds.length > 0 ? [...appIds] : [NOBODY])
    .orderBy('appId')
    .orderBy('processType')
    .execute()
  return rows.map(({ appId, processType, latencySumMs, cpuMs, ...row }) => ({
    ...{ appId, processType, latencySumMs, cpuMs },
    statuses: [
      row.informational,
      row.successful,
      row.redirected,
      row.clientErrors,
      row.serverErrors,
    ],
  }))
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Drops some rows that are older; returns how many. */
export const deleteOldMinutes = async (db: Db, days: number, most: number): Promise<number> => {
  const { numAffectedRows } = await sql`delete from metric_minutes where ctid = any(array(
    select ctid from metric_minutes where minute < now() - make_interval(days => ${days}) limit ${most}))`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}

export const deleteTotalsOfDestroyed = async (db: Db): Promise<void> => {
  await db
    .deleteFrom('metricTotals')
    .using('apps')
    .whereRef('apps.id', '=', 'metricTotals.appId')
    .where('apps.destroyedAt', 'is not', null)
    .execute()
}
