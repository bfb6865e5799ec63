import type { ChildProcess } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import { config } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { gitEnvironment } from '#/platform/build/git.ts'
import { parseCgiHead } from './cgi-head.ts'
import type { GitRequest } from './git-request.ts'

export type BackendCall = {
  asked: GitRequest
  /** The bare repository. */
  repository: string
  /** Who is let in, for git's own record. */
  user: string
  hooksDir: string
  /** What the hooks are told besides what git tells them. */
  hookEnv: Record<string, string>
}

export type Backend = { child: ChildProcess; ended: Promise<BackendEnd> }
export type BackendEnd = { code: number; stderr: string; hasAnswered: boolean }

/**
 * Runs `git http-backend` for one request: its body streams in, git's answer streams out. A push that has arrived
 * whole goes on when its client has gone; everything else ends with its client.
 */
export const runHttpBackend = (
  call: BackendCall,
  request: IncomingMessage,
  response: ServerResponse,
): Backend => {
  const child = start('git', ['http-backend'], {
    env: { ...backendEnvironment(call), ...cgiVariables(call, request) },
    cwd: call.repository,
    stdio: 'pipe',
  })
  sendBody(request, child)
  const answer = sendAnswer(child, response)
  const stderr = firstOf(child)
  response.once('close', () => {
    if (call.asked.path !== '/git-receive-pack' && !response.writableFinished) child.kill()
  })
  return {
    child,
    ended: ended(child).then(({ code }) => ({ code, stderr: stderr(), ...answer })),
  }
}

const backendEnvironment = ({ hooksDir, hookEnv }: BackendCall): Record<string, string> => ({
  ...gitEnvironment({
    'core.hooksPath': hooksDir,
    'http.receivepack': 'true',
    'http.getanyfile': 'false',
    'receive.fsckObjects': 'true',
    ...HARMLESS_FAULTS,
    'receive.maxInputSize': String(config.pushLimitBytes),
    'receive.unpackLimit': '1',
    'receive.advertisePushOptions': 'false',
    'pack.threads': '2',
  }),
  ...hookEnv,
})

/** Mistakes of old tools that are in the history of many a repository and do nobody any harm. */
const HARMLESS_FAULTS = Object.fromEntries(
  ['badTimezone', 'missingSpaceBeforeDate', 'missingSpaceBeforeEmail', 'zeroPaddedFilemode'].map(
    (fault) => [`receive.fsck.${fault}`, 'ignore'],
  ),
)

/** Without CONTENT_LENGTH: told it, http-backend waits in a busy loop for a body that breaks off; so it reads to the end. */
const cgiVariables = (
  { asked, repository, user }: BackendCall,
  { method = 'GET', headers }: IncomingMessage,
): Record<string, string> => {
  const protocol = headers['git-protocol']
  return {
    GIT_PROJECT_ROOT: dirname(repository),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${basename(repository)}${asked.path}`,
    QUERY_STRING: asked.query,
    REQUEST_METHOD: method,
    REMOTE_USER: user,
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    ...(typeof protocol === 'string' && /^version=[0-2]$/.test(protocol)
      ? { GIT_PROTOCOL: protocol }
      : {}),
  }
}

/** A body that breaks off closes git's input, and git gives up what it had. What git does not want to read is dropped. */
const sendBody = (request: IncomingMessage, { stdin }: ChildProcess): void => {
  if (!stdin) return
  let isWhole = false
  stdin.on('error', () => request.resume())
  stdin.on('drain', () => request.resume())
  stdin.on('close', () => request.resume())
  request.on('data', (chunk: Buffer) => {
    if (stdin.writable && !stdin.write(chunk)) request.pause()
  })
  request.once('end', () => {
    isWhole = true
    stdin.end()
  })
  request.once('close', () => void (isWhole || stdin.destroy()))
}

const sendAnswer = (child: ChildProcess, response: ServerResponse): { hasAnswered: boolean } => {
  const { stdout } = child
  const answer = { hasAnswered: false }
  let head = Buffer.alloc(0)
  const send = (bytes: Buffer): void => {
    if (bytes.length > 0 && !response.destroyed && !response.write(bytes)) stdout?.pause()
  }
  const takeHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const parsed = parseCgiHead(head)
    if (!parsed) return
    answer.hasAnswered = true
    response.writeHead(parsed.status, parsed.headers)
    send(parsed.rest)
  }
  stdout?.on('data', (chunk: Buffer) => (answer.hasAnswered ? send(chunk) : takeHead(chunk)))
  stdout?.once('end', () => void (answer.hasAnswered && response.end()))
  response.on('drain', () => stdout?.resume())
  response.once('close', () => stdout?.resume()) // nobody listens, but git must come to its end
  return answer
}

const MOST_STDERR = 4_000

/** The begin of what it says on standard error, once asked. */
const firstOf = ({ stderr }: ChildProcess): (() => string) => {
  let text = ''
  stderr?.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(0, MOST_STDERR)))
  return () => text.trim()
}
