import type pg from 'pg'

/**
 * The schema as text, from PostgreSQL's own catalogue, so that it needs no client program: tables with their
 * columns, constraints, indexes, functions and triggers, sorted by name.
 */
export const dumpSchema = async (pool: pg.Pool): Promise<string> => {
  const parts: string[] = ['-- Made by `npm run db:dump` from the migrations. Do not edit.\n']
  for (const { name } of (await pool.query<{ name: string }>(TABLES)).rows) {
    const columns = await pool.query<{ line: string }>(COLUMNS, [name])
    const constraints = await pool.query<{ line: string }>(CONSTRAINTS, [name])
    const lines = [...columns.rows, ...constraints.rows].map(({ line }) => `  ${line}`)
    parts.push(`create table ${name} (\n${lines.join(',\n')}\n);`)
    const others = await pool.query<{ line: string }>(INDEXES_AND_TRIGGERS, [name])
    parts.push(others.rows.map(({ line }) => `${line};\n`).join(''))
  }
  for (const { line } of (await pool.query<{ line: string }>(FUNCTIONS)).rows)
    parts.push(`${line};\n`)
  return parts.join('\n')
}

const TABLES = `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`

const COLUMNS = `
  select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case a.attidentity when 'a' then ' generated always as identity' else '' end
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = ('public.' || $1)::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`

const CONSTRAINTS = `
  select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint
  where conrelid = ('public.' || $1)::regclass and contype in ('p', 'u', 'f', 'c') order by conname`

const INDEXES_AND_TRIGGERS = `
  select pg_get_indexdef(i.indexrelid) as line from pg_index i
  where i.indrelid = ('public.' || $1)::regclass
    and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
  union all
  select pg_get_triggerdef(oid) from pg_trigger where tgrelid = ('public.' || $1)::regclass and not tgisinternal
  order by 1`

const FUNCTIONS = `select pg_get_functiondef(oid) as line from pg_proc where pronamespace = 'public'::regnamespace order by proname`
