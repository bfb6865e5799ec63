import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'

export type RunOptions = {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string | Buffer
  timeoutMs?: number
  signal?: AbortSignal
  uid?: number
  gid?: number
  maxBytes?: number
}

export type RunResult = { code: number; stdout: string; stderr: string }

/**
 * Runs a program to its end and returns what it printed. Never through a shell.
 * A non-zero exit is a result, not an error; only a program that cannot be started throws.
 * A program that a signal ended (also by `timeoutMs`) has code 128.
 */
export const run = (
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const { input, timeoutMs, maxBytes, ...rest } = options
    const child = execFile(
      file,
      [...args],
      {
        ...rest,
        timeout: timeoutMs ?? 0,
        maxBuffer: maxBytes ?? 64 * 1024 * 1024,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error && typeof error.code === 'string') return reject(error)
        resolve({ code: error ? Number(error.code ?? 128) : 0, stdout, stderr })
      },
    )
    child.stdin?.on('error', () => {}) // a program may end before it has read its input
    child.stdin?.end(input)
  })

class ExecError extends Error {
  readonly result: RunResult
  constructor(file: string, args: readonly string[], result: RunResult) {
    super(
      `${file} ${args[0] ?? ''} ended with ${result.code}: ${result.stderr.trim() || result.stdout.trim()}`,
    )
    this.name = 'ExecError'
    this.result = result
  }
}

/** As `run`, but a non-zero exit throws an ExecError; returns standard output. */
export const runOrThrow = async (
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> => {
  const result = await run(file, args, options)
  if (result.code !== 0) throw new ExecError(file, args, result)
  return result.stdout
}

/** Starts a program and returns it running. The one place that spawns. */
export const start = (
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess => spawn(file, [...args], options)

/** Resolves when the child has ended and its pipes are closed. `code` is 128 + signal number's place-holder 128 if a signal ended it. */
export const ended = (
  child: ChildProcess,
): Promise<{ code: number; signal: NodeJS.Signals | null }> =>
  new Promise((resolve, reject) => {
    const { exitCode, signalCode } = child
    const isOver = exitCode !== null || signalCode !== null
    if (isOver && child.stdio.every((stream) => stream === null || stream?.destroyed))
      return resolve({ code: exitCode ?? 128, signal: signalCode })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? 128, signal }))
  })
