import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { aBareRepository } from '../../../test/support/git.ts'
import { compareCommits } from './commit-log.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-git "quoted":dir-'))
after(() => rm(dir, { recursive: true, force: true }))

const aRepository = async () => {
  const appId = newId()
  return { appId, ...(await aBareRepository(join(dir, `${appId}.git`))) }
}

test('two commits are told apart by what each has more, newest first, and by the files that differ', async () => {
  const { appId, commit } = await aRepository()
  const base = await commit('First', { 'a.txt': '1', 'b.txt': '1' })
  const second = await commit('Second', { 'a.txt': '2', 'weird\nname "x".txt': '' })
  const head = await commit('Third: it\u2019s "done"\n\nWith a body.', { 'c/d.txt': '3' })
  const ahead = await compareCommits(dir, { appId, commit: base }, { appId, commit: head })
  assert.equal(ahead?.aheadBy, 2)
  assert.equal(ahead.behindBy, 0)
  assert.equal(ahead.authors, 1)
  assert.deepEqual(
    ahead.commits.map(({ sha, subject }) => [sha, subject]),
    [
      [head, 'Third: it\u2019s "done"'],
      [second, 'Second'],
    ],
  )
  assert.deepEqual(ahead.commits[0]?.author, { name: 'Ada', email: 'ada@example.com' })
  assert.match(ahead.commits[0]?.date ?? '', /^\d{4}-\d\d-\d\dT/)
  assert.deepEqual(ahead.files.toSorted(), ['a.txt', 'c/d.txt', 'weird\nname "x".txt'])
  const behind = await compareCommits(dir, { appId, commit: head }, { appId, commit: base })
  assert.deepEqual([behind?.aheadBy, behind?.behindBy, behind?.commits], [0, 2, []])
  const same = await compareCommits(dir, { appId, commit: head }, { appId, commit: head })
  assert.deepEqual(same, { aheadBy: 0, behindBy: 0, commits: [], authors: 0, files: [] })
})

test('commits pushed to two apps are compared over both repositories', async () => {
  const one = await aRepository()
  const two = await aRepository()
  const base = await one.commit('Of one', { 'a.txt': '1' })
  const head = await two.commit('Of two', { 'a.txt': '2' })
  const difference = await compareCommits(
    dir,
    { appId: one.appId, commit: base },
    { appId: two.appId, commit: head },
  )
  assert.deepEqual([difference?.aheadBy, difference?.behindBy], [1, 1])
  assert.deepEqual(difference?.files, ['a.txt'])
})

test('what git does not know is null: no commit, an unknown one, no repository, another kind of text', async () => {
  const { appId, commit } = await aRepository()
  const head = { appId, commit: await commit('Only', { 'a.txt': '1' }) }
  for (const text of [
    null,
    '',
    'f'.repeat(40),
    'HEAD',
    '--output=/tmp/x',
    'v1.2',
    head.commit.slice(0, 8),
  ])
    assert.equal(await compareCommits(dir, { appId, commit: text }, head), null, String(text))
  const gone = {
    appId: newId(),
    commit: head.commit.replace(/^./, (first) => (first === '0' ? '1' : '0')),
  }
  assert.equal(await compareCommits(dir, gone, { ...gone, commit: 'e'.repeat(40) }), null)
})

test('a subject or a name of any length or kind stays one short line', async () => {
  const { appId, commit } = await aRepository()
  const base = await commit('First', { 'a.txt': '1' })
  const head = await commit(`a\u001fb\u001b[31m${'x'.repeat(50_000)}`, { 'a.txt': '2' })
  const difference = await compareCommits(dir, { appId, commit: base }, { appId, commit: head })
  const subject = difference?.commits[0]?.subject ?? ''
  assert.match(subject, /^a b\[31mx+$/)
  assert.equal(subject.length, 200)
})
