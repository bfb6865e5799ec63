/** An archive that is damaged, hostile or too large, in words for whoever sent it. */
export class ArchiveError extends Error {}

/** What came is no tar, or only a part of one. */
export class BrokenTarError extends ArchiveError {
  constructor(cause: unknown) {
    super('The source is not a whole tar archive.', { cause })
  }
}

const LONGEST_PATH = 4_000

/** A name in an archive as a path below its root, without `.` parts; empty: the root itself. @throws ArchiveError */
export const pathInArchive = (name: string): string => {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  const shown = name.slice(0, 100).replace(/\p{C}/gu, '?')
  if (name.startsWith('/') || parts.includes('..'))
    throw new ArchiveError(`The source holds ${shown}, which leads out of it.`)
  if (name.length > LONGEST_PATH || name.includes('\0'))
    throw new ArchiveError(`The source holds a path that is no path: ${shown}`)
  return parts.join('/')
}

/**
 * True of a link that cannot lead out, whatever other such links it leads through: it climbs no higher than the root,
 * and never again once it has gone down.
 */
export const isInside = (path: string, target: string): boolean => {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const climbs = parts.findLastIndex((part) => part === '..') + 1
  const depth = path.split('/').length - 1
  return climbs <= depth && parts.slice(0, climbs).every((part) => part === '..')
}
