import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { writeFiles } from '../../test/support/files.ts'
import { aFreePort } from '../../test/support/platform.ts'
import { until } from '../../test/support/until.ts'
import { printTallies, startVisitors } from './start-visitors.ts'
import { APP_FILES } from './deploy-app.ts'
import { missing, startNginxProxy } from './router-peers.ts'

const BETWEEN_MS = 2_000

/** For scale: the same app and visitors with nginx before it, and a deploy that stops the app and starts it again. */
export const benchPlainRestart = async (times: number): Promise<void> => {
  const lacking = missing(['nginx', 'taskset', 'python3'])
  if (lacking.length > 0) return console.log(`skipped: ${lacking.join(', ')} not installed`)
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-restart-'))
  const [upstreamPort, port] = [await aFreePort(), await aFreePort()]
  await writeFiles(dir, APP_FILES)
  let app = startApp(dir, upstreamPort)
  const proxy = await startNginxProxy({ dir, upstreamPort, cpu: 0 }, port, false)
  try {
    await until(() => answers(port), { limitMs: 30_000, what: 'nginx and the app' })
    const visitors = startVisitors({
      ...{ port, app: 'plain', bystander: 'plain' },
      hasWebSocket: false, // this nginx passes none on
    })
    visitors.tell({ phase: `nginx and a restart × ${times}` })
    for (let number = 0; number < times; number++) {
      await pause(BETWEEN_MS)
      app.kill('SIGTERM')
      await ended(app)
      app = startApp(dir, upstreamPort)
    }
    await pause(BETWEEN_MS)
    printTallies(await visitors.stop())
  } finally {
    for (const child of [proxy.child, app]) {
      child.kill('SIGKILL')
      await ended(child)
    }
    await rm(dir, { recursive: true, force: true })
  }
}

const startApp = (dir: string, port: number): ChildProcess =>
  start('python3', ['server.py'], {
    cwd: dir,
    stdio: 'ignore',
    env: { ...hostEnvironment(), PORT: String(port) },
  })

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    ({ ok }) => ok,
    () => false,
  )
