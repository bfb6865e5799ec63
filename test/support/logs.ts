import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import type { LogLine } from '#/log-store/log-line.ts'

export type LogsDir = AsyncDisposable & { path: string }

/** A folder for logs, gone with the test that made it. */
export const aLogsDir = async (): Promise<LogsDir> => {
  const path = await mkdtemp(join(tmpdir(), 'sluice-test-logs-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A line of web.1. */
export const aLine = (text: string, given: Partial<LogLine> = {}): LogLine => ({
  at: Date.now(),
  source: 'app',
  dyno: 'web.1',
  text,
  ...given,
})

export type WriterProcess = AsyncDisposable & { child: ChildProcess; written: Promise<void> }

export type WriterProcessOptions = {
  name: string
  appId: string
  howMany?: number
  everyMs?: number
}

/** A process that writes `<name> 1`, `<name> 2` … into the app's log (for ever if `howMany` is not given). */
export const aWriterProcess = (logsDir: LogsDir, options: WriterProcessOptions): WriterProcess => {
  const { name, appId, howMany = 0, everyMs = 0 } = options
  const args = [logsDir.path, name, appId, String(howMany), String(everyMs)]
  const child = start(process.execPath, [FIXTURE, ...args], {
    env: hostEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = ended(child)
  return {
    child,
    written: untilSaid(child, 'all written'),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

const FIXTURE = fileURLToPath(new URL('fixtures/log-writer.ts', import.meta.url))

const untilSaid = (child: ChildProcess, words: string): Promise<void> =>
  new Promise((resolve) => {
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (some: string) => {
      said += some
      if (said.includes(words)) resolve()
    })
  })
