import assert from 'node:assert/strict'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { removeTree } from '#/foundation/remove-tree.ts'
import { writeFiles } from '../../test/support/files.ts'
import { canOverlay } from './overlay.ts'
import { giveToSandbox } from './prepare-sandbox.ts'
import { buildTrialSpec } from './require-sandbox.ts'
import { runInSandbox } from './run-in-sandbox.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-overlay-test-'))
})
after(() => removeTree(dir))

test('layers are shown as one tree that is changed inside only, also where the kernel has no overlay for us', async (t) => {
  const folder = join(dir, 'slugs, with: marks')
  await writeFiles(join(folder, 'code'), { 'bin/run': 'original\n' })
  await writeFiles(join(folder, 'packages'), { 'node_modules/one/index.js': 'one\n' })
  await giveToSandbox(folder)
  t.diagnostic((await canOverlay(dir)) ? 'by an overlay' : 'by a copy')
  let output = ''
  const script =
    'cd /app && ls && cat bin/run && echo changed > bin/run && chmod +x bin/run && cat bin/run && mkdir new && rm -r new bin && cat node_modules/one/index.js && ls'
  const spec = buildTrialSpec(['bash', '-c', script])
  await runInSandbox(
    { ...spec, overlay: { folder, layers: ['code', 'packages'], inside: '/app' } },
    { onOutput: (chunk) => (output += chunk.toString()), timeLimitMs: 60_000 },
  )
  assert.equal(output, 'bin\nnode_modules\noriginal\nchanged\none\nnode_modules\n')
  assert.equal(await readFile(join(folder, 'code/bin/run'), 'utf8'), 'original\n')
})

test('whether a file system takes overlays is asked once', async () => {
  const first = await canOverlay(dir)
  assert.equal(await canOverlay(dir), first)
  assert.equal(await canOverlay('/proc').catch(() => 'no answer'), 'no answer')
})
