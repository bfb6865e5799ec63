import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runOrThrow } from './exec.ts'
import { removeTree } from './remove-tree.ts'

const base = mkdtempSync(join(tmpdir(), 'sluice-remove-tree-'))
after(() => rmSync(base, { recursive: true, force: true }))

const here = join(base, 'here')
const kept = join(base, 'kept')
mkdirSync(kept)
writeFileSync(join(kept, 'file'), '')

const TREES: Record<string, () => void | Promise<unknown>> = {
  nothing: () => {},
  'a file': () => writeFileSync(here, ''),
  'an empty folder': () => mkdirSync(here),
  'a folder of files and links': () => {
    mkdirSync(here)
    for (const name of ['-rf', 'a b', '*']) writeFileSync(join(here, name), '')
    symlinkSync(kept, join(here, 'link'))
    symlinkSync('nowhere', join(here, 'dangling'))
  },
  'a link to a folder': () => symlinkSync(kept, here),
  'many files': () => {
    mkdirSync(here)
    for (let at = 0; at < 1_000; at++) writeFileSync(join(here, `${at}`), '')
  },
  'a folder that is closed': () => {
    mkdirSync(join(here, 'closed'), { recursive: true })
    writeFileSync(join(here, 'closed', 'file'), '')
    chmodSync(join(here, 'closed'), 0)
  },
  'a tree deeper than the longest path': () =>
    runOrThrow('bash', [
      '-c',
      'mkdir "$0" && cd "$0" && for n in {1..30}; do mkdir "$1" && cd "$1"; done',
      here,
      'x'.repeat(200),
    ]),
}

for (const [what, make] of Object.entries(TREES))
  test(`${what} is removed, and nothing else`, async () => {
    await make()
    await removeTree(here)
    assert.equal(existsSync(here), false)
    assert.deepEqual(readdirSync(kept), ['file'])
  })
