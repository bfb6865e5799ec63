import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf, pageOfAll, parseRange } from './range.ts'

const bounds = (header: string) => {
  const { start, startIsExcluded, end, max, order } = parseRange(header, [
    'version',
    'id',
    'seq',
    'number',
  ])
  return [start, startIsExcluded, end, max, order]
}

test('every spelling that the official CLI sends is understood', () => {
  assert.deepEqual(bounds('version ..; max=15, order=desc'), [
    undefined,
    false,
    undefined,
    15,
    'desc',
  ])
  assert.deepEqual(bounds('version ..; order=desc,max=1'), [undefined, false, undefined, 1, 'desc'])
  assert.deepEqual(bounds('version ..; order=desc'), [undefined, false, undefined, 200, 'desc'])
  assert.deepEqual(bounds('id ..; max=1000;'), [undefined, false, undefined, 1000, 'asc'])
  assert.deepEqual(bounds('seq ..; order=desc,max=1000'), [
    undefined,
    false,
    undefined,
    1000,
    'desc',
  ])
  assert.deepEqual(bounds('version ]10..20; max=5'), ['10', true, '20', 5, 'asc'])
  assert.deepEqual(bounds(''), [undefined, false, undefined, 200, 'asc'])
})

test('a range that makes no sense is not satisfiable', () => {
  for (const header of ['colour ..', 'version', 'version ..; max=many', 'version ..; sort=up'])
    assert.throws(() => parseRange(header, ['version']), {
      status: 416,
      id: 'requested_range_not_satisfiable',
    })
})

test('a page names the next one, and the last page names none', () => {
  const range = parseRange('version ..; max=2, order=desc', ['version'])
  const first = pageOf([9, 8, 7], range, String)
  assert.deepEqual(first.rows, [9, 8])
  assert.equal(first.status, 206)
  assert.equal(first.headers['content-range'], 'version 9..8; max=2')
  const next = first.headers['next-range'] ?? ''
  assert.equal(next, 'version ]8..; max=2, order=desc')
  const last = pageOf([7], parseRange(next, ['version']), String)
  assert.equal(last.status, 200)
  assert.equal(last.headers['next-range'], undefined)
})

test('following next-range walks a whole list once', () => {
  const all = ['a', 'b', 'c', 'd', 'e']
  const seen: string[] = []
  let header: string | undefined = 'id ..; max=2'
  while (header !== undefined) {
    const page: ReturnType<typeof pageOfAll<string>> = pageOfAll(
      all,
      parseRange(header, ['id']),
      (row) => row,
    )
    seen.push(...page.rows)
    header = page.headers['next-range']
  }
  assert.deepEqual(seen, all)
})
