import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** So that the version before works on the newer schema, see docs/upgrade.md. What a later version no longer uses is named here. */
const CONTRACTED: string[] = []

/** What the version before would stumble over. */
const SHRINKING = [
  /\bdrop\s+(table|column|view|type)\b/i,
  /\brename\s+(to|column|constraint)\b/i,
  /\balter\s+column\s+\w+\s+(set\s+not\s+null|type|set\s+data\s+type|drop\s+default)\b/i,
  /\badd\s+column\s+\w+\s+(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/i,
]

const shrinks = (sql: string): string | undefined => {
  const withoutComments = sql.replaceAll(/--[^\n]*/g, '')
  return SHRINKING.map((rule) => rule.exec(withoutComments)?.[0]).find(Boolean)
}

test('migrations only expand: the version before works on what they make', async () => {
  const folder = fileURLToPath(new URL('../migrations', import.meta.url))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'))
  assert.ok(names.length > 20)
  for (const name of names.filter((one) => !CONTRACTED.includes(one)))
    assert.equal(shrinks(await readFile(join(folder, name), 'utf8')), undefined, name)
})

test('one that shrinks is seen', () => {
  for (const sql of [
    'alter table apps drop column locked;',
    'drop table apps;',
    'alter table apps rename column name to title;',
    'alter table apps rename to programs;',
    'alter table apps alter column name set not null;',
    'alter table apps alter column name type varchar(5);',
    'alter table apps add column a text not null;',
  ])
    assert.ok(shrinks(sql), sql)
  for (const sql of [
    'alter table apps add column a text not null default $$$$;',
    'alter table apps add column a text, add column b text not null default 1;',
    '-- an app is renamed to another: rename to\nalter table apps drop constraint c;',
  ])
    assert.equal(shrinks(sql), undefined, sql)
})
