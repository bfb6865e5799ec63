import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergePathRules, pathMatcher, readPathRules, type PathRule } from './path-rule.ts'

const matchesPath = (pattern: string, path: string): boolean =>
  pathMatcher(pattern)(path.split('/'))

test('a pattern means names, parts of names, and folders of any depth', () => {
  for (const [pattern, path, isMeant] of [
    ['db/migrate/*', 'db/migrate/1_a.rb', true],
    ['db/migrate/*', 'db/migrate/sub/1_a.rb', false],
    ['**/migrations/*.py', 'shop/migrations/0001_initial.py', true],
    ['**/migrations/*.py', 'migrations/0001_initial.py', true],
    ['**/migrations/*.py', 'a/b/migrations/0001.py.txt', false],
    ['prisma/migrations/**', 'prisma/migrations/1/migration.sql', true],
    ['**', 'any/thing', true],
    ['*.lock', 'yarn.lock', true],
    ['*.lock', 'a/yarn.lock', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['Procfile', 'Procfile', true],
    ['a.b', 'axb', false],
  ] as const)
    assert.equal(matchesPath(pattern, path), isMeant, `${pattern} ${path}`)
})

test('no pattern takes long', () => {
  const startedAt = performance.now()
  matchesPath('*a'.repeat(99), `${'a'.repeat(4000)}b`)
  matchesPath('**/a/'.repeat(40), `${'a/'.repeat(2000)}b`)
  assert.ok(performance.now() - startedAt < 1000)
})

test('rules are read as they are meant, and what is none is told in words', () => {
  assert.deepEqual(readPathRules([{ name: 'docs', paths: ['docs/**'], level: 'info' }]), [
    { name: 'docs', paths: ['docs/**'], message: 'docs change', level: 'info', downtime: false },
  ])
  for (const wrong of [
    null,
    {},
    'x',
    [1],
    [null],
    [{ name: 'A', paths: [] }],
    [{ name: 'a' }],
    [{ name: 'a', paths: [''] }],
    [{ name: 'a', paths: ['x'.repeat(201)] }],
    [{ name: 'a', paths: [], level: 'fatal' }],
    [{ name: 'a', paths: [], downtime: 'yes' }],
    [{ name: 'a', paths: [], message: 'two\nlines' }],
    [
      { name: 'a', paths: [] },
      { name: 'a', paths: [] },
    ],
    Array.from({ length: 51 }, (_, index) => ({ name: `a${index}`, paths: [] })),
  ])
    assert.equal(typeof readPathRules(wrong), 'string', JSON.stringify(wrong))
})

test('later rules replace those of their name', () => {
  const rule = (name: string, message: string): PathRule => ({
    name,
    message,
    paths: ['x'],
    level: 'info',
    downtime: false,
  })
  assert.deepEqual(
    mergePathRules([rule('a', '1'), rule('b', '1')], null, [rule('a', '2')]).map(
      ({ name, message }) => name + message,
    ),
    ['a2', 'b1'],
  )
})
