import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { askKeeper, type KeeperAnswer } from '#/foundation/ask-keeper.ts'
import { config, keeperEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, start } from '#/foundation/exec.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { untilTakenOver } from './follow-keeper.ts'

const REPORT_FD = 3

/**
 * Starts the keeper in a session of its own, so that it outlives us, and waits until everything works.
 * Throws with the reason if it does not; `isKept` then says whether the keeper lives and goes on trying.
 */
export const startKeeper = async (dataDir: string, options: readonly string[]): Promise<void> => {
  const keeper = spawnKeeper(dataDir, ['--mode=up', `--report-fd=${REPORT_FD}`, ...options])
  let isKept = false
  for await (const line of createInterface({ input: reportOf(keeper) })) {
    const answer = JSON.parse(line) as KeeperAnswer
    if ('step' in answer) isKept = true
    if ('error' in answer) throw new StartError(answer.error, isKept)
    if ('result' in answer) return keeper.unref()
  }
  // It was killed. If it had come so far, its standby goes on.
  if (!isKept || !(await untilTakenOver(dataDir)))
    throw new StartError(`The keeper ended before it was up. See ${logPath(dataDir)}`, false)
  await askKeeper(dataDir, { request: 'ready' })
}

/** Takes everything down where no keeper lives to do it. */
export const runKeeperDown = async (dataDir: string): Promise<boolean> => {
  const { code } = await ended(spawnKeeper(dataDir, ['--mode=down']))
  return code === 0
}

export class StartError extends Error {
  /** What came up stays up, and the rest is tried again. */
  readonly isKept: boolean
  constructor(message: string, isKept: boolean) {
    super(message)
    this.isKept = isKept
  }
}

const logPath = (dataDir: string): string => join(dataDirPaths(dataDir).processLogs, 'keeper.log')

const spawnKeeper = (dataDir: string, options: readonly string[]): ChildProcess => {
  mkdirSync(dataDirPaths(dataDir).processLogs, { recursive: true, mode: 0o700 })
  const log = openSync(logPath(dataDir), 'a', 0o600)
  try {
    const [node, ...args] = programCommand('keeper', ...options)
    return start(node, args, {
      cwd: '/',
      env: keeperEnvironment(dataDir, config.databaseUrl),
      stdio: ['ignore', log, log, 'pipe'],
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}

const reportOf = (keeper: ChildProcess): Readable => {
  const report = keeper.stdio[REPORT_FD]
  if (!report || !('read' in report)) throw new Error('The keeper has no way to report.')
  return report
}
