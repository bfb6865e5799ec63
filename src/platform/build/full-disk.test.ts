import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from '#/foundation/exec.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
} from '../../../test/support/git-platform.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

let unmount = async (): Promise<unknown> => undefined
after(() => unmount()) // before the folder is removed: hooks run in their order
const host = await aGitPlatform(aTestPlatform)
const { builds } = host.platform.paths
await mkdir(builds, { recursive: true })
const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', builds])
unmount = () => run('umount', ['--lazy', builds])
const skip = mounted.code === 0 ? false : 'no small disk can be mounted here'

test(
  'a build that fills the disk fails with a reason, and gives the space back',
  { skip },
  async () => {
    await host.startWorker()
    const app = await anAppBuiltBy(host, await aBuildpack())
    const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
    await writeFile(join(copy.dir, 'big'), randomBytes(4_000_000))
    await copy.commit({})
    const pushed = await copy.git('push', host.urlOf(app.name), 'main')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.stderr, /Push rejected, there is no space left on the disk/)
    assert.deepEqual(
      (await readdir(builds)).filter((name) => !name.endsWith('.log')),
      [],
    )
  },
)
