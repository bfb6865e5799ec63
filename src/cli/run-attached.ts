import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import type { ApiClient } from '#/api-client/api-client.ts'
import { quoteForShell } from './shell-quote.ts'

export type AttachedRun = {
  app: string
  command: string
  withExitCode: boolean
  env: Record<string, string>
  isTty: boolean
  caPath: string | undefined
}

/** Precedes the exit code in the output, as the official CLI has it. */
const MARKER = '\uFFFF heroku-command-exit-status: '
const END_OF_INPUT = '\x04'

/** One word is a whole command line; several are quoted, so that each stays one. */
export const commandOf = (words: string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quoteForShell).join(' ')

/** Runs a command in a one-off dyno with this process's input and output; returns the exit code, 0 if it was not asked for. */
export const runAttached = async (api: ApiClient, run: AttachedRun): Promise<number> => {
  const command = run.withExitCode ? `${run.command} ; echo "${MARKER}$?"` : run.command
  const dyno = await api.post<{ id: string; name: string; attach_url: string }>(
    `/apps/${run.app}/dynos`,
    {
      attach: true,
      command,
      env: { ...run.env, ...(run.isTty ? terminal() : {}) },
      force_no_tty: !run.isTty,
    },
  )
  process.stderr.write(`Running ${run.command} on ⬢ ${run.app}... ${dyno.name}\n`)
  const socket = await connect(dyno.attach_url, run.caPath)
  const resize = (): void => {
    const { columns, rows: lines } = process.stdout
    // Without it the command goes on in the old size.
    api.patch(`/apps/${run.app}/dynos/${dyno.id}/terminal`, { columns, lines }).catch(() => {})
  }
  if (run.isTty) process.stdout.on('resize', resize)
  return pipe(socket, run).finally(() => process.stdout.off('resize', resize))
}

const terminal = (): Record<string, string | number> => ({
  TERM: 'xterm-256color',
  COLUMNS: process.stdout.columns,
  LINES: process.stdout.rows,
})

/** Presents the secret, and waits for the banner, which comes alone. */
const connect = async (attachUrl: string, caPath: string | undefined): Promise<tls.TLSSocket> => {
  const url = new URL(attachUrl)
  const ca = caPath ? await readFile(caPath) : undefined
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: url.hostname,
      port: Number(url.port),
      servername: url.hostname,
      ...(ca ? { ca } : {}),
    })
    socket.once('error', reject)
    socket.once('secureConnect', () => socket.write(`${url.pathname.slice(1)}\r\n`))
    socket.once('data', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

const pipe = (socket: tls.TLSSocket, { isTty, withExitCode }: AttachedRun): Promise<number> =>
  new Promise((resolve, reject) => {
    let exitCode: number | undefined
    if (isTty) process.stdin.setRawMode(true)
    process.stdin.on('data', (chunk) => void socket.write(chunk))
    process.stdin.once('end', () => void socket.write(END_OF_INPUT))
    process.stdin.resume()
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const at = withExitCode ? chunk.indexOf(MARKER) : -1
      if (at >= 0) exitCode = Number.parseInt(chunk.slice(at + MARKER.length), 10)
      const text = at >= 0 ? chunk.slice(0, at) : chunk
      process.stdout.write(isTty ? text : text.replaceAll('\r\n', '\n'))
    })
    socket.once('error', reject)
    socket.once('close', () => {
      if (isTty) process.stdin.setRawMode(false)
      process.stdin.pause().unref?.()
      if (withExitCode && exitCode === undefined)
        reject(new Error('The dyno ended without an exit code.'))
      else resolve(exitCode ?? 0)
    })
  })
