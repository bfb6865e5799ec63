import net from 'node:net'
import { createInterface } from 'node:readline'
import { dataDirPaths } from '#/foundation/data-dir.ts'

/**
 * The keeper takes one request a connection on its unix socket, and answers in JSON lines: steps as they are done,
 * then the result or the error.
 */
export type KeeperRequest = { request: 'ready' | 'restart' | 'add-on-postgres' | 'drainer' }
export type KeeperAnswer =
  | { step: string }
  | { result: Record<string, string | number> }
  | { error: string }

/** Throws what the keeper says is wrong, and if it does not answer or goes away before it has. */
export const askKeeper = async (
  dataDir: string,
  request: KeeperRequest,
  onStep: (step: string) => void = () => {},
): Promise<Record<string, string | number>> => {
  const socket = net.createConnection(dataDirPaths(dataDir).keeperSocket)
  try {
    socket.write(`${JSON.stringify(request)}\n`)
    for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
      const answer = JSON.parse(line) as KeeperAnswer
      if ('step' in answer) onStep(answer.step)
      else if ('error' in answer) throw new Error(answer.error)
      else return answer.result
    }
  } finally {
    socket.destroy()
  }
  throw new Error('The keeper went away before it had answered.')
}
