import { chmodSync, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { ArtifactTooLargeError, type PutOptions } from '#/artifact-store/artifact-store.ts'
import {
  bytesPath,
  readablePath,
  toBytes,
  type ByteString,
  type DirectoryEntry,
  type LinkEntry,
} from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import type { FileIdentity } from './known-files.ts'
import type { Pacer } from './pacer.ts'

/** A file as found: what is in it is not known yet. */
export type FoundFile = {
  type: 'file'
  path: ByteString
  executable: boolean
  size: number
  identity: FileIdentity
}
export type Found = FoundFile | DirectoryEntry | LinkEntry

type Limits = Pick<PutOptions, 'limitBytes' | 'limitEntries' | 'warn'>

const ENTRY_LIMIT = 1_000_000

/**
 * Everything below a directory, in no order. Links are never followed. What is neither file, directory nor link is
 * left out with a warning. What its owner may not read is made readable, as it will be in the artifact.
 */
export const scanTree = async (
  directory: string,
  limits: Limits,
  pace: Pacer,
): Promise<Found[]> => {
  const root = toBytes(directory)
  const found: Found[] = []
  const toVisit: ByteString[] = ['']
  const count = countUpTo(limits)
  for (let folder = toVisit.pop(); folder !== undefined; folder = toVisit.pop()) {
    for (const name of namesIn(root, folder)) {
      const path = folder === '' ? name : `${folder}/${name}`
      const entry = describe(`${root}/${path}`, path)
      if (!entry) {
        limits.warn?.(`'${readablePath(path)}' is left out: it is no file, directory or link.`)
        continue
      }
      count(entry)
      found.push(entry)
      if (entry.type === 'directory') toVisit.push(path)
      await pace()
    }
  }
  return found
}

const namesIn = (root: ByteString, folder: ByteString): ByteString[] => {
  const path = bytesPath(`${root}/${folder}`)
  try {
    return readdirSync(path, { encoding: 'latin1' })
  } catch (error) {
    throw pathError(error, folder)
  }
}

const describe = (absolute: ByteString, path: ByteString): Found | undefined => {
  try {
    const where = bytesPath(absolute)
    const stats = lstatSync(where)
    if (stats.isSymbolicLink())
      return { type: 'link', path, target: readlinkSync(where, { encoding: 'latin1' }) }
    if (stats.isDirectory()) {
      makeReadable(where, stats, 0o700)
      return { type: 'directory', path }
    }
    if (!stats.isFile()) return undefined
    makeReadable(where, stats, 0o400)
    const { dev, ino, size, ctimeMs, mode } = stats
    const identity = { dev, ino, size, ctimeMs }
    return { type: 'file', path, executable: (mode & 0o100) !== 0, size, identity }
  } catch (error) {
    throw pathError(error, path)
  }
}

const makeReadable = (path: string | Buffer, stats: Stats, bits: number): void => {
  if ((stats.mode & bits) !== bits) chmodSync(path, (stats.mode & 0o777) | bits)
}

const pathError = (error: unknown, path: ByteString): unknown =>
  hasCode(error, 'ENAMETOOLONG')
    ? new ArtifactTooLargeError(`The path '${readablePath(path).slice(0, 200)}…' is too long.`)
    : error

/** Throws at the entry that is one too many. Sizes are as stated, so a sparse file counts before it is read. */
const countUpTo = ({ limitBytes = Infinity, limitEntries = ENTRY_LIMIT }: Limits) => {
  let bytes = 0
  let entries = 0
  return (entry: Found): void => {
    entries += 1
    bytes += entry.type === 'file' ? entry.size : 0
    if (entries > limitEntries)
      throw new ArtifactTooLargeError(`There are more than ${limitEntries} files and directories.`)
    if (bytes > limitBytes)
      throw new ArtifactTooLargeError(`The files hold more than ${megabytes(limitBytes)} MB.`)
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
