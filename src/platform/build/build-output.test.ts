import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import { openBuildOutput } from './build-output.ts'
import { followFile } from './follow-file.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-test-output-'))
after(() => rm(dir, { recursive: true, force: true }))
let count = 0
const aPath = (): string => join(dir, `${(count += 1)}.log`)

const aFollower = (path: string) => {
  const controller = new AbortController()
  const follower = { text: '', isComplete: false, stop: () => controller.abort() }
  let tell = (): void => {}
  const ended = (async () => {
    for await (const text of followFile({
      path,
      isComplete: async () => follower.isComplete,
      onNews: (listener) => ((tell = listener), () => {}),
      signal: controller.signal,
    }))
      follower.text += text
  })()
  return Object.assign(follower, {
    ended,
    complete: () => {
      follower.isComplete = true
      tell()
    },
  })
}

test('a follower reads what is there, what comes, and ends with the file', async () => {
  const path = aPath()
  const follower = aFollower(path) // before there is a file
  const output = await openBuildOutput(path)
  output.write('-----> Grüße\n')
  await until(() => follower.text === '-----> Grüße\n', { limitMs: 20_000 })
  output.write('       done\n')
  await output.close()
  follower.complete()
  await follower.ended
  assert.equal(follower.text, '-----> Grüße\n       done\n')
  const late = aFollower(path)
  late.complete()
  await late.ended
  assert.equal(late.text, follower.text)
})

test('a second attempt adds to the output of the first', async () => {
  const path = aPath()
  for (const text of ['first\n', 'second\n']) {
    const output = await openBuildOutput(path)
    output.write(text)
    await output.close()
  }
  assert.equal(await readFile(path, 'utf8'), 'first\nsecond\n')
})

test('of endless output the begin and the end are kept', async () => {
  const path = aPath()
  const output = await openBuildOutput(path, { limitBytes: 1000 })
  for (let n = 0; n < 5_000; n++) output.write(`line ${n}\n`)
  await output.close()
  const text = await readFile(path, 'utf8')
  assert.ok(text.startsWith('line 0\nline 1\n'))
  assert.ok(text.endsWith('line 4999\n'))
  assert.match(text, /a part is left out/)
  assert.ok(text.length < 20_000, String(text.length))
})

test('a disk that refuses the text does not stop the build', async () => {
  const problems: unknown[] = []
  const output = await openBuildOutput('/dev/full', { onProblem: (error) => problems.push(error) })
  output.write('text\n')
  await output.close()
  assert.ok(problems.length > 0)
})

test('a follower that is given up ends', async () => {
  const follower = aFollower(aPath())
  follower.stop()
  await assert.rejects(follower.ended)
})
