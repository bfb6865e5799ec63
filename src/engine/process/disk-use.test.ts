import assert from 'node:assert/strict'
import { link, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DiskWatch, diskUse } from './disk-use.ts'

const MEBIBYTE = 1024 * 1024

test('what a folder takes is counted without holes, links or second names', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-disk-use-'))
  try {
    await mkdir(join(dir, 'upper', 'deep', 'er'), { recursive: true })
    await writeFile(join(dir, 'upper', 'deep', 'er', 'file'), Buffer.alloc(2 * MEBIBYTE, 1))
    await link(join(dir, 'upper', 'deep', 'er', 'file'), join(dir, 'upper', 'again'))
    await symlink('/', join(dir, 'upper', 'root'))
    await writeFile(join(dir, 'upper', 'hole'), '')
    await truncate(join(dir, 'upper', 'hole'), 1024 * MEBIBYTE)
    const bytes = await diskUse(join(dir, 'upper'), Infinity)
    assert.ok(bytes >= 2 * MEBIBYTE && bytes < 3 * MEBIBYTE, String(bytes))
    assert.equal(await diskUse(join(dir, 'none'), Infinity), 0)
    const watch = new DiskWatch()
    assert.equal(await watch.isOver(dir, 4 * MEBIBYTE), false)
    assert.equal(await new DiskWatch().isOver(dir, MEBIBYTE), true)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
