import { createHash } from 'node:crypto'
import type { Digest } from './artifact-store.ts'

/**
 * Names in a tree are bytes, not text. Here they are strings of one character a byte (latin1), whose order is that of
 * the bytes; `bytesPath` makes of one what node:fs takes.
 */
export type ByteString = string

/** What an artifact is made of. Paths are relative, with `/`. */
export type FileEntry = {
  type: 'file'
  path: ByteString
  executable: boolean
  size: number
  /** Hex, of the content. */
  sha256: string
}
export type DirectoryEntry = { type: 'directory'; path: ByteString }
export type LinkEntry = { type: 'link'; path: ByteString; target: ByteString }
export type Entry = FileEntry | DirectoryEntry | LinkEntry

/**
 * The canonical text that an artifact's digest is the SHA-256 of: a line that names the format, then each entry in
 * the order of its path's bytes, its parts ended by NUL, which no path contains.
 */
export const encodeManifest = (entries: readonly Entry[]): Buffer => {
  const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  return Buffer.from(FORMAT + sorted.map(encodeEntry).join(''), 'latin1')
}

export const digestOf = (manifest: Buffer): Digest =>
  `sha256:${createHash('sha256').update(manifest).digest('hex')}`

const FORMAT = 'sluice artifact 1\n'

const encodeEntry = (entry: Entry): string => {
  switch (entry.type) {
    case 'directory':
      return `d\0${entry.path}\0`
    case 'link':
      return `l\0${entry.path}\0${entry.target}\0`
    case 'file':
      return `${entry.executable ? 'x' : 'f'}\0${entry.path}\0${entry.size}\0${entry.sha256}\0`
  }
}

/** Of a text that `encodeManifest` made, which its digest must have shown before. */
export const decodeManifest = (manifest: Buffer): Entry[] => {
  const text = manifest.toString('latin1')
  if (!text.startsWith(FORMAT)) throw new Error('Not a manifest of this version.')
  const parts = text.slice(FORMAT.length).split('\0')
  const entries: Entry[] = []
  let next = 0
  const take = (): string => parts[next++] ?? ''
  while (next < parts.length - 1) {
    const kind = take()
    const path = take()
    if (kind === 'd') entries.push({ type: 'directory', path })
    else if (kind === 'l') entries.push({ type: 'link', path, target: take() })
    else
      entries.push({
        type: 'file',
        path,
        executable: kind === 'x',
        size: Number(take()),
        sha256: take(),
      })
  }
  return entries
}

export const sizeOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0)

/** For node:fs: a string where that says the same, which is quicker, else the bytes. */
export const bytesPath = (path: ByteString): string | Buffer =>
  isAscii(path) ? path : Buffer.from(path, 'latin1')

// oxlint-disable-next-line no-control-regex
const isAscii = (path: ByteString): boolean => /^[\0-\x7f]*$/.test(path)

export const toBytes = (text: string): ByteString => Buffer.from(text).toString('latin1')

/** For people: as UTF-8, without what would move a terminal's cursor. */
export const readablePath = (path: ByteString): string =>
  Buffer.from(path, 'latin1').toString('utf8').replace(/\p{C}/gu, '?')
