import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { Pacer } from './pacer.ts'

/** Reading, comparing and copying what is in files, in pieces, so that a file of any size takes little memory. */
const PIECE = 256 * 1024

/** Each is filled and emptied without anybody else being let in between. */
const buffer = Buffer.allocUnsafeSlow(PIECE)
const otherBuffer = Buffer.allocUnsafeSlow(PIECE)

type Path = string | Buffer
export type Content = { sha256: string; size: number }

export const hashFile = async (path: Path, pace: Pacer): Promise<Content> => {
  const sha256 = createHash('sha256')
  const size = await eachPiece(path, pace, (piece) => sha256.update(piece))
  return { sha256: sha256.digest('hex'), size }
}

/** Copies a file. `finish` is told what was written while the copy is still open. */
export const copyFile = async (
  { from, to }: { from: Path; to: Path },
  pace: Pacer,
  finish: (descriptor: number, content: Content) => void,
): Promise<Content> => {
  const sha256 = createHash('sha256')
  const descriptor = openSync(to, 'wx', 0o600)
  try {
    const size = await eachPiece(from, pace, (piece) => {
      sha256.update(piece)
      writeWhole(descriptor, piece)
    })
    const content = { sha256: sha256.digest('hex'), size }
    finish(descriptor, content)
    return content
  } finally {
    closeSync(descriptor)
  }
}

/** True if the two files hold the same bytes. Takes a tenth of the time of hashing one. */
export const haveSameContent = async (one: Path, other: Path, pace: Pacer): Promise<boolean> => {
  const descriptor = openSync(other, 'r')
  try {
    let same = true
    await eachPiece(one, pace, (piece) => {
      const length = readPiece(descriptor, otherBuffer.subarray(0, piece.length))
      same = piece.equals(otherBuffer.subarray(0, length))
      return same
    })
    return same && readPiece(descriptor, otherBuffer.subarray(0, 1)) === 0
  } finally {
    closeSync(descriptor)
  }
}

/** Calls `take` with each piece, until it says false. Returns how many bytes it was given. */
const eachPiece = async (
  path: Path,
  pace: Pacer,
  take: (piece: Buffer) => unknown,
): Promise<number> => {
  const descriptor = openSync(path, 'r')
  let size = 0
  try {
    for (;;) {
      const length = readPiece(descriptor, buffer)
      size += length
      if (length === 0 || take(buffer.subarray(0, length)) === false || length < PIECE) return size
      await pace()
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Fills `into`, but for the end of the file. Returns how many bytes there were. */
const readPiece = (descriptor: number, into: Buffer): number => {
  let length = 0
  while (length < into.length) {
    const read = readSync(descriptor, into, length, into.length - length, null)
    if (read === 0) break
    length += read
  }
  return length
}

const writeWhole = (descriptor: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;)
    written += writeSync(descriptor, bytes, written, bytes.length - written)
}
