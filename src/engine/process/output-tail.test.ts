import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { redactor } from '#/log-store/redactor.ts'
import { OutputTail } from './output-tail.ts'
import { makeRunDir } from './run-dir.ts'

let dir: string
let lines: string[]
let skipped: number
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-tail-test-'))
  await makeRunDir(dir, undefined)
  lines = []
  skipped = 0
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const aTail = async (cutOf?: (text: string) => number): Promise<OutputTail> => {
  const tail = new OutputTail({
    dir,
    ...(cutOf ? { cutOf } : {}),
    onLines: (found) => lines.push(...found),
    onSkipped: (bytes) => (skipped += bytes),
  })
  await tail.open()
  return tail
}
const readAll = async (tail: OutputTail): Promise<void> => {
  while (await tail.read());
}
const print = (segment: number, text: string | Buffer): Promise<void> =>
  appendFile(join(dir, `output.${segment}`), text)

test('lines are handed on whole, the last one at the end also without its newline', async () => {
  const tail = await aTail()
  await readAll(tail)
  await print(1, 'one\r\ntwo\nthr')
  await readAll(tail)
  assert.deepEqual(lines, ['one', 'two'])
  await print(1, 'ee\n\nfour')
  await tail.drain(1_000)
  assert.deepEqual(lines, ['one', 'two', 'three', '', 'four'])
  await tail.close()
})

test('a line may go over the end of a segment', async () => {
  const tail = await aTail()
  await print(1, 'first\nsec')
  await readAll(tail)
  await print(2, 'ond\nthird\n')
  await readAll(tail)
  assert.deepEqual(lines, ['first', 'second', 'third'])
  await tail.close()
})

test('another tail goes on after the last line that was saved, and what lies before is removed', async () => {
  const tail = await aTail()
  await print(1, 'a\nb\n')
  await print(2, 'c\nd, not yet ')
  await readAll(tail)
  await tail.save(tail.position())
  await tail.close()
  assert.deepEqual(
    (await readdir(dir)).filter((name) => name.startsWith('output')),
    ['output.2'],
  )
  await print(2, 'whole\ne\n')
  const next = await aTail()
  await readAll(next)
  assert.deepEqual(lines, ['a', 'b', 'c', 'd, not yet whole', 'e'])
  await next.close()
})

test('a line whose beginning is in the segment before is not lost with that', async () => {
  const tail = await aTail()
  await print(1, 'a\nbegins here')
  await print(2, ' and goes on')
  await readAll(tail)
  await tail.save(tail.position())
  await tail.close()
  await print(2, ' to here\n')
  const next = await aTail()
  await readAll(next)
  assert.deepEqual(lines, ['a', 'begins here and goes on to here'])
  await next.close()
})

test('segments that the supervisor could not keep are told by their bytes', async () => {
  const tail = await aTail()
  await print(1, 'seen\n')
  await readAll(tail)
  await rm(join(dir, 'output.1'))
  await writeFile(join(dir, 'dropped'), '1 105\n2 1000\n3 2000\n')
  await print(4, 'end of a line that nobody saw\nhere again\n')
  await readAll(tail)
  assert.deepEqual(lines, ['seen', 'here again'])
  assert.equal(skipped, 100 + 1000 + 2000 + 30)
  await tail.close()
})

test('a tail that is far behind jumps to the last lines', async () => {
  const tail = await aTail()
  const line = `${'x'.repeat(99)}\n`
  await print(1, line.repeat(100_000))
  await print(2, line.repeat(100_000))
  await print(2, 'the last\n')
  await readAll(tail)
  assert.equal(lines.at(-1), 'the last')
  const read = lines.reduce((sum, one) => sum + one.length + 1, 0)
  assert.equal(read + skipped, 20_000_000 + 'the last\n'.length)
  assert.ok(skipped > 10_000_000)
  await tail.close()
})

test('after a jump the end of a line is not shown without its beginning', async () => {
  const tail = await aTail()
  const line = `begin ${'x'.repeat(90)} end\n`
  for (const segment of [1, 2]) await print(segment, line.repeat(90_000))
  await readAll(tail)
  assert.ok(skipped > 0)
  assert.deepEqual(
    lines.filter((one) => !one.startsWith('begin')),
    [],
  )
  await tail.close()
})

test('a line without an end is cut where its reader says, and not within a character', async () => {
  const redact = redactor({ A_TOKEN: 'the-whole-secret' })
  const tail = await aTail(redact.cutOf)
  const text = `${'é'.repeat(60)}the-whole-secret`.repeat(5_000)
  for (let at = 0; at < text.length; at += 10_007) {
    await print(1, text.slice(at, at + 10_007))
    await readAll(tail)
  }
  await tail.drain(1_000)
  assert.ok(lines.length > 5)
  assert.equal(lines.join(''), text)
  assert.equal(lines.map((line) => redact(line)).join(''), redact(text))
  await tail.close()
})

test('at the end a long rest is cut at the time limit, but its last lines are shown', async () => {
  const tail = await aTail()
  await print(1, 'line\n'.repeat(1_000_000))
  await print(1, 'the last')
  await tail.drain(0)
  assert.equal(lines.at(-1), 'the last')
  assert.ok(skipped > 1_000_000)
  await tail.close()
})

test('bytes that are no text and lines without an end are handed on all the same', async () => {
  const tail = await aTail()
  await print(1, Buffer.from([0x61, 0xff, 0x00, 0x0a]))
  await print(1, 'y'.repeat(300_000))
  await readAll(tail)
  assert.equal(lines[0], 'a\ufffd\0')
  assert.ok(lines.slice(1).join('').length > 200_000)
  await tail.close()
})
