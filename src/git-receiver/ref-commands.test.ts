import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgePush, parseRefCommands, type RefCommand } from './ref-commands.ts'

const NONE = '0'.repeat(40)
const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)
const move = (ref: string, to = NEW): RefCommand => ({ from: OLD, to, ref })

test('a push of main or master builds, whatever else it moves', () => {
  for (const branch of ['main', 'master'])
    assert.deepEqual(judgePush([move('refs/tags/v1'), move(`refs/heads/${branch}`)]), {
      kind: 'build',
      branch,
      from: OLD,
      commit: NEW,
    })
})

test('other branches and tags are kept, and may be deleted', () => {
  assert.equal(judgePush([move('refs/heads/topic'), move('refs/tags/v1')]).kind, 'store')
  assert.equal(judgePush([move('refs/heads/topic', NONE)]).kind, 'store')
})

test('both deploy branches at once, or none of them any more, is refused', () => {
  assert.equal(judgePush([move('refs/heads/main'), move('refs/heads/master')]).kind, 'refuse')
  assert.equal(judgePush([move('refs/heads/main', NONE)]).kind, 'refuse')
})

for (const ref of [
  'refs/builds/1',
  'refs/notes/commits',
  'HEAD',
  'refs/heads/',
  'refs/heads/-x',
  'refs/heads/a/--upload-pack=x',
  'refs/heads/a..b',
  'refs/heads/a b',
  'refs/heads/a\u001b[31m',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads/.a',
  'refs/heads/a/',
  'refs/heads/a~1',
  'refs/heads/@{1}',
  'refs/heads/@',
  `refs/heads/${'a'.repeat(300)}`,
])
  test(`no push moves ${JSON.stringify(ref.slice(0, 40))}`, () => {
    assert.equal(judgePush([move(ref)]).kind, 'refuse')
  })

test('a push of thousands of refs is refused', () => {
  const commands = Array.from({ length: 5001 }, (_, n) => move(`refs/tags/v${n}`))
  assert.equal(judgePush(commands).kind, 'refuse')
})

test('what a hook is told is read line by line', () => {
  assert.deepEqual(parseRefCommands(`${OLD} ${NEW} refs/heads/main\n`), [move('refs/heads/main')])
  assert.throws(() => parseRefCommands('--option x refs/heads/main\n'))
})
