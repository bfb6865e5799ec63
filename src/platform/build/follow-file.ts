import { watch, type FSWatcher } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { hasCode } from '#/foundation/errors.ts'

export type FollowFileOptions = {
  path: string
  /** True once nothing will be added to the file any more. */
  isComplete: () => Promise<boolean>
  /** Calls back whenever `isComplete` may have become true. */
  onNews: (listener: () => void) => () => void
  signal: AbortSignal
}

/** Safety net for a change that nobody told of. */
const LOOK_ANYWAY_MS = 1_000
/** While there is no file to watch. */
const LOOK_OFTEN_MS = 100
const CHUNK_BYTES = 64 * 1024

/**
 * The text of a file from its start, as it grows, until it is complete. Reads only when the caller asks for more.
 * A file that is not there is empty.
 */
export async function* followFile(options: FollowFileOptions): AsyncGenerator<string> {
  const { path, isComplete, onNews, signal } = options
  const decoder = new StringDecoder('utf8')
  const news = new News(path)
  const unsubscribe = onNews(() => news.tell())
  const onAbort = (): void => news.tell()
  signal.addEventListener('abort', onAbort)
  let file: FileHandle | undefined
  try {
    for (;;) {
      signal.throwIfAborted()
      news.forget()
      const complete = await isComplete()
      file ??= await openIfThere(path)
      for await (const chunk of file ? chunksOf(file) : []) yield decoder.write(chunk)
      if (complete) break
      await news.wait()
    }
    yield decoder.end()
  } finally {
    signal.removeEventListener('abort', onAbort)
    unsubscribe()
    news.stop()
    await file?.close()
  }
}

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** From where the file was read to its present end. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

class News {
  readonly #path: string
  #watcher: FSWatcher | undefined
  #isThere = false
  #wake = (): void => {}

  constructor(path: string) {
    this.#path = path
  }

  tell(): void {
    this.#isThere = true
    this.#wake()
  }

  /** What comes from now on is news. */
  forget(): void {
    this.#isThere = false
    this.#watcher ??= this.#watch()
  }

  async wait(): Promise<void> {
    if (this.#isThere) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#watcher ? LOOK_ANYWAY_MS : LOOK_OFTEN_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  stop(): void {
    this.#watcher?.close()
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#path, { persistent: false }, () => this.tell())
      watcher.on('error', () => watcher.close())
      return watcher
    } catch {
      return undefined // no such file yet, or no watches left
    }
  }
}
