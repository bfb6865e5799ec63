import { request } from '#/web/data/client.ts'
import { exitStatusReader, tellingExitStatus } from '#/web/text/exit-status.ts'

export type AttachedDyno = {
  send: (text: string) => void
  /** The terminal that shows it has another size. */
  resize: (columns: number, lines: number) => void
  leave: () => void
}

export type AttachOptions = {
  appId: string
  command: string
  columns: number
  lines: number
  onOutput: (text: string) => void
  onStarted: (name: string) => void
  /** The status is undefined if the connection has ended before the command. */
  onEnd: (status: number | undefined) => void
  onProblem: (error: Error) => void
}

const BANNER = 'rendezvous\r\n'
/** What is typed or pasted ahead of a dyno that does not read. */
const MOST_WAITING_BYTES = 1024 * 1024
const FRAME_CHARACTERS = 8_192

/** Starts a one-off dyno with a terminal and connects to it. */
export const attachDyno = (options: AttachOptions): AttachedDyno => {
  const gone = new AbortController()
  let socket: WebSocket | undefined
  /** What is typed before the connection stands. */
  let ahead = ''
  const size = sizeTeller(options, gone.signal)
  start(options, size, gone.signal)
    .then((opening) => {
      socket = opening
      opening.addEventListener('open', () => sendText(opening, ahead))
    })
    .catch((error: unknown) => {
      if (!gone.signal.aborted)
        options.onProblem(error instanceof Error ? error : new Error(String(error)))
    })
  return {
    send: (text) => {
      if (!socket || socket.readyState === WebSocket.CONNECTING) {
        if (ahead.length + text.length <= MOST_WAITING_BYTES) ahead += text
      } else sendText(socket, text)
    },
    resize: size.change,
    leave: () => {
      gone.abort()
      socket?.close()
    },
  }
}

const sendText = (socket: WebSocket, text: string): void => {
  if (socket.readyState !== WebSocket.OPEN) return
  if (socket.bufferedAmount + text.length > MOST_WAITING_BYTES) return
  for (let at = 0; at < text.length; at += FRAME_CHARACTERS)
    socket.send(new TextEncoder().encode(text.slice(at, at + FRAME_CHARACTERS)))
}

type SizeTeller = {
  change: (columns: number, lines: number) => void
  /** The dyno that is told; only what has printed something has set its first size itself. */
  begin: (dyno: string) => void
}

/** While a window is being resized its size changes often. */
const RESIZE_MS = 150

const sizeTeller = ({ appId, columns, lines }: AttachOptions, signal: AbortSignal): SizeTeller => {
  let wanted = { columns, lines }
  let told = wanted
  let dyno: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    timer = undefined
    if (dyno === undefined || signal.aborted) return
    if (wanted.columns === told.columns && wanted.lines === told.lines) return
    told = wanted
    // Without it the command goes on in the old size.
    request('PATCH', `/apps/${appId}/dynos/${dyno}/terminal`, { body: wanted, signal }).catch(
      () => {},
    )
  }
  const soon = (): void => {
    timer ??= setTimeout(tell, RESIZE_MS)
  }
  signal.addEventListener('abort', () => clearTimeout(timer))
  return {
    change: (newColumns, newLines) => {
      wanted = { columns: newColumns, lines: newLines }
      soon()
    },
    begin: (id) => {
      dyno = id
      soon()
    },
  }
}

const start = async (
  options: AttachOptions,
  size: SizeTeller,
  signal: AbortSignal,
): Promise<WebSocket> => {
  const dyno = await request<{ id: string; name: string; attach_url: string }>(
    'POST',
    `/apps/${options.appId}/dynos`,
    {
      body: {
        attach: true,
        command: tellingExitStatus(options.command),
        env: { TERM: 'xterm-256color', COLUMNS: options.columns, LINES: options.lines },
      },
      signal,
    },
  )
  options.onStarted(dyno.name)
  let hasPrinted = false
  const onOutput = (text: string): void => {
    if (!hasPrinted) size.begin(dyno.id)
    hasPrinted = true
    options.onOutput(text)
  }
  const secret = new URL(dyno.attach_url).pathname.slice(1)
  return connect(secret, { ...options, onOutput }, signal)
}

const connect = (secret: string, options: AttachOptions, signal: AbortSignal): WebSocket => {
  const url = new URL('/rendezvous', location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  let status: number | undefined
  let isAttached = false
  const take = exitStatusReader((told) => (status = told))
  const decoder = new TextDecoder()
  signal.addEventListener('abort', () => socket.close())
  socket.addEventListener('open', () => socket.send(`${secret}\r\n`))
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    const text = decoder.decode(data, { stream: true })
    // The banner comes alone; anything else instead of it says why there is none.
    if (isAttached) options.onOutput(take(text))
    else if (text === BANNER) isAttached = true
    else options.onProblem(new Error(text.trim()))
  })
  socket.addEventListener('close', () => {
    if (!signal.aborted) options.onEnd(status)
  })
  return socket
}
