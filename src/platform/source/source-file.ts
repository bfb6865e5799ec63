import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { config } from '#/foundation/config.ts'
import type { DataDirPaths } from '#/foundation/data-dir.ts'
import { badRequest, invalidParams } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import type { Source } from './source.ts'

type Paths = Pick<DataDirPaths, 'sources'>
export type UploadedBytes = { size: number; sha256: string }

/** Named by its content too, so that a row never names bytes that are not its own. */
export const sourcePath = (
  { sources }: Paths,
  { id, sha256 }: Pick<Source, 'id'> & { sha256: string },
): string => join(sources, `${id}.${sha256}`)

/**
 * Takes the bytes of an upload, all of them or none: what breaks off, is larger than allowed or not what was announced
 * leaves nothing. Once it returns they outlive a power cut.
 * @param announced what the client says it sends, if it does
 */
export const receiveSource = async (
  paths: Paths,
  id: string,
  body: AsyncIterable<Buffer>,
  announced: number | undefined,
): Promise<UploadedBytes> => {
  if ((announced ?? 0) > config.pushLimitBytes) throw tooLarge()
  await mkdir(paths.sources, { recursive: true, mode: 0o700 })
  const partial = join(paths.sources, `${id}.${newSecret().slice(0, 12)}.partial`)
  const file = await open(partial, 'wx', 0o600)
  try {
    const received = await writeAll(file, body)
    if (announced !== undefined && announced !== received.size)
      throw badRequest(`${announced} bytes were announced, but ${received.size} came.`)
    await file.sync()
    await rename(partial, sourcePath(paths, { id, ...received }))
    return received
  } finally {
    await file.close()
    await rm(partial, { force: true })
  }
}

const tooLarge = (): Error =>
  invalidParams(`A source may have ${config.pushLimitBytes} bytes at most.`)

const writeAll = async (file: FileHandle, body: AsyncIterable<Buffer>): Promise<UploadedBytes> => {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > config.pushLimitBytes) throw tooLarge()
      hash.update(chunk)
      await file.writeFile(chunk)
    }
  } catch (error) {
    throw isBrokenOff(error) ? badRequest('The upload broke off.') : error
  }
  return { size, sha256: hash.digest('hex') }
}

const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET'

/** Bytes of the file; undefined if it is not there. */
export const sizeOfFile = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.size
