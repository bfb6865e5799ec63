import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDirPaths } from '#/foundation/data-dir.ts'

/** What a build prints, kept in a file: for the push that waits for it, and for whoever reads it later. */
export type BuildOutput = {
  write: (text: string) => void
  /** Resolves once all that was written is on disk, also after a power cut. What is written later is dropped. */
  close: () => Promise<void>
}

export const outputPath = (paths: Pick<DataDirPaths, 'builds'>, buildId: string): string =>
  join(paths.builds, `${buildId}.log`)

const MEBIBYTE = 1024 * 1024
const LIMIT_BYTES = 8 * MEBIBYTE
/** Of what came after the limit, so that the reason of a failure is not lost in its noise. */
const TAIL_CHARACTERS = 16 * 1024

/** Adds to what an earlier attempt has printed. A disk that refuses the text does not stop the build. */
export const openBuildOutput = async (
  path: string,
  { limitBytes = LIMIT_BYTES, onProblem = (_error: unknown): void => {} } = {},
): Promise<BuildOutput> => {
  const file = await open(path, 'a', 0o600)
  let left = limitBytes - (await file.stat()).size
  let waiting = ''
  let tail: string | undefined
  let writing: Promise<void> | undefined
  let closing: Promise<void> | undefined

  const writeOut = async (): Promise<void> => {
    while (waiting !== '') {
      const text = waiting
      waiting = ''
      await file.appendFile(text)
    }
  }
  const wake = (): void => {
    writing ??= writeOut()
      .catch(onProblem)
      .finally(() => (writing = undefined))
  }

  const close = async (): Promise<void> => {
    if (tail !== undefined)
      waiting += `\n !     The output is too long: a part is left out.\n${tail}`
    while (waiting !== '' || writing) {
      wake()
      await writing
    }
    await sync(file).catch(onProblem)
  }

  return {
    write: (given) => {
      if (closing) return
      const text = harmless(given)
      if (tail !== undefined || Buffer.byteLength(text) > left)
        return void (tail = ((tail ?? '') + text).slice(-TAIL_CHARACTERS))
      left -= Buffer.byteLength(text)
      waiting += text
      wake()
    },
    close: () => (closing ??= close()),
  }
}

/** NUL has a meaning of its own to those who stream the text. */
const harmless = (text: string): string => text.replaceAll('\0', '␀')

const sync = async (file: FileHandle): Promise<void> => {
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
