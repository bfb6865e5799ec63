import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { run } from '#/foundation/exec.ts'
import { callerEnvironment } from '#/foundation/config.ts'
import { assertSucceeds, startPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'

/**
 * From `git push` until the new version answers, beside the bare build command (`npm ci`) in the same directory, run by
 * the Node that the app's own build has: an older one on this machine takes twice as long.
 */
const RUNS = 5

export const benchPush = async (): Promise<void> => {
  const platform = await startPlatform()
  try {
    const dir = await platform.aRepository('bench-push', { example: 'node' })
    assertSucceeds(await platform.sluice('apps:create', 'bench-push', '--no-remote'))
    await platform.git(
      dir,
      'remote',
      'add',
      'sluice',
      `https://localhost:${platform.port}/bench-push.git`,
    )
    assertSucceeds(await platform.git(dir, 'push', '--quiet', 'sluice', 'main'))
    const bare: number[] = []
    const push: number[] = []
    for (let round = 2; round < RUNS + 2; round++) {
      bare.push(await bareBuild(dir, `${platform.home}/bare`))
      const file = `${dir}/server.js`
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace(/version \d+/, `version ${round}`),
      )
      await platform.commit(dir, `Round ${round}`)
      const began = performance.now()
      assertSucceeds(await platform.git(dir, 'push', '--quiet', 'sluice', 'main'))
      while (!(await platform.request('bench-push')).body.includes(`version ${round}`));
      push.push(performance.now() - began)
    }
    const [bareMs, pushMs] = [medianOf(bare), medianOf(push)]
    console.log(`bare npm ci: median ${bareMs.toFixed(0)} ms`)
    console.log(
      `push to live: median ${pushMs.toFixed(0)} ms, ${(pushMs - bareMs).toFixed(0)} ms beyond it (goal: ${(bareMs * 0.1 + 1000).toFixed(0)} ms)`,
    )
  } finally {
    await platform.stop()
  }
}

const bareBuild = async (dir: string, at: string): Promise<number> => {
  await rm(at, { recursive: true, force: true })
  await cp(dir, at, { recursive: true })
  const began = performance.now()
  const { PATH, ...env } = callerEnvironment()
  await run('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: at,
    env: { ...env, PATH: `${dirname(process.execPath)}:${PATH}` },
  })
  return performance.now() - began
}
