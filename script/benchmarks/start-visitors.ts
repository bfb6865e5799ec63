import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ended, start } from '#/foundation/exec.ts'
import type { Orders, Tally } from './visitors.ts'

/** A process that visits. `stop` waits for the answers that are outstanding. */
export const startVisitors = ({ port, app, bystander, hasWebSocket = true }: Where): Visitors => {
  const program = fileURLToPath(new URL('visitors.ts', import.meta.url))
  const child = start(
    process.execPath,
    [program, String(port), app, bystander, String(hasWebSocket)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const printed = readAll(child)
  return {
    tell: (orders) => void child.stdin?.write(`${JSON.stringify(orders)}\n`),
    stop: async () => {
      child.stdin?.end()
      const text = await printed
      return JSON.parse(text) as Record<string, Tally>
    },
  }
}

type Where = { port: number; app: string; bystander: string; hasWebSocket?: boolean }

export type Visitors = {
  tell: (orders: Orders) => void
  stop: () => Promise<Record<string, Tally>>
}

const readAll = async (child: ChildProcess): Promise<string> => {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (some: string) => (text += some))
  await ended(child)
  return text
}

export const printTallies = (tallies: Record<string, Tally>): void => {
  for (const [name, tally] of Object.entries(tallies)) {
    const { visits, streams, failed, wrongApp, backwards, failures } = tally
    const [p50, p99, longest] = [tally.p50Ms, tally.p99Ms, tally.longestMs].map((ms) =>
      ms.toFixed(ms < 10 ? 1 : 0),
    )
    console.log(
      `${name}: ${visits} requests, ${streams} streams; failed ${failed}, wrong app ${wrongApp}, backwards ${backwards}; p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`,
    )
    for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`)
  }
}

export const isBroken = ({ failed, wrongApp, backwards }: Tally): boolean =>
  failed + wrongApp + backwards > 0
