import { stripVTControlCharacters } from 'node:util'
import { ended, start } from '#/foundation/exec.ts'
import { until } from './until.ts'

const LIMIT_MS = 120_000

/** A program on a terminal of its own, which `script` of util-linux provides: what it shows, and a keyboard. */
export const onATerminal = (
  command: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
) => {
  const child = start('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: { TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk))
  const end = ended(child)
  const text = (): string => stripVTControlCharacters(shown)
  return {
    text,
    /** What the pattern finds, once it is shown. */
    shows: async (pattern: RegExp): Promise<string> => {
      try {
        return await until(() => pattern.exec(text())?.[0], { limitMs: LIMIT_MS, everyMs: 50 })
      } catch {
        throw new Error(`${pattern} was not shown, but:\n${text()}`)
      }
    },
    type: (keys: string): void => void child.stdin?.write(keys),
    /** Its exit code. */
    ended: async (): Promise<number | null> => {
      const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
      const { code } = await end
      clearTimeout(timer)
      return code
    },
  }
}
