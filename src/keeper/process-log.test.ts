import assert from 'node:assert/strict'
import { closeSync, writeSync } from 'node:fs'
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { boundProcessLog, lastWords, openProcessLog } from './process-log.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-test-log-'))
after(() => rm(dir, { recursive: true, force: true }))

const MEBIBYTE = 1024 * 1024
const fatal = JSON.stringify({
  level: 60,
  msg: 'cannot start',
  err: { message: 'the key is wrong' },
})

test('why a process died is the error of its last fatal line, else its last line', () => {
  const path = join(dir, 'words.log')
  const first = openProcessLog(path)
  writeSync(first.fd, `{"level":30,"msg":"starting"}\n${fatal}\nsome trailing noise\n`)
  assert.equal(lastWords(path, first.from), 'the key is wrong')
  closeSync(first.fd)
  const second = openProcessLog(path)
  assert.equal(lastWords(path, second.from), '')
  writeSync(second.fd, 'postgres: could not create lock file\n')
  assert.equal(lastWords(path, second.from), 'postgres: could not create lock file')
  closeSync(second.fd)
})

test('a log that has grown large is put aside at the next start', async () => {
  const path = join(dir, 'large.log')
  closeSync(openProcessLog(path).fd)
  await truncate(path, 11 * MEBIBYTE)
  const { fd, from } = openProcessLog(path)
  closeSync(fd)
  assert.equal(from, 0)
  assert.equal((await stat(`${path}.1`)).size, 11 * MEBIBYTE)
})

test('a log that grows large under a process is cut, and the process writes on at its new end', async () => {
  const path = join(dir, 'flood.log')
  const { fd } = openProcessLog(path)
  writeSync(fd, Buffer.alloc(11 * MEBIBYTE, 'x\n'))
  boundProcessLog(path)
  assert.equal((await stat(path)).size, 0)
  writeSync(fd, 'and on\n')
  closeSync(fd)
  assert.equal(lastWords(path, 0), 'and on')
  assert.equal((await stat(`${path}.1`)).size, 11 * MEBIBYTE)
})
