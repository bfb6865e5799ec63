import { createWriteStream } from 'node:fs'
import { copyFile, lstat, mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Extract, type Header } from 'tar-stream'
import { hasCode } from '#/foundation/errors.ts'
import { ArchiveError, BrokenTarError, isInside, pathInArchive } from './archive-path.ts'

export type ExtractOptions = {
  /** Of all files together. */
  limitBytes: number
  limitEntries: number
  /** Links may lead out; nothing but links is ever made of them here. */
  anyLinks?: boolean
  /** Told, in a sentence, of each thing that is left out. */
  warn: (message: string) => void
  signal: AbortSignal
}

/**
 * Unpacks a tar of code that nobody vouches for into an empty folder: directories, files (executable or not) and links
 * that stay inside. @throws ArchiveError in words if it is no such tar
 */
export const extractTar = async (
  tar: Readable,
  folder: string,
  options: ExtractOptions,
): Promise<void> => {
  const unpacking = new Unpacking(folder, options)
  const entries = extract()
  // Its streams are of another make, with the same methods and events.
  const input = entries as unknown as Writable
  await Promise.all([
    pipeline(tar, input, { signal: options.signal }),
    (async () => {
      for await (const entry of entries) await unpacking.add(entry)
    })(),
  ]).catch((error: unknown) => {
    throw error instanceof Error && NO_TAR.test(error.message) ? new BrokenTarError(error) : error
  })
  await unpacking.makeLinks()
}

/** As `extractTar`, of a gzipped one. */
export const extractTarball = async (
  gzip: Readable,
  folder: string,
  options: ExtractOptions,
): Promise<void> => {
  const tar = createGunzip()
  await Promise.all([pipeline(gzip, tar), extractTar(tar, folder, options)]).catch(
    (error: unknown) => {
      throw NO_GZIP.some((code) => hasCode(error, code)) // whichever of the two says it first
        ? new ArchiveError('The source is not a whole gzip file.', { cause: error })
        : error
    },
  )
}
const NO_GZIP = ['Z_DATA_ERROR', 'Z_BUF_ERROR']

/** In tar-stream's words. */
const NO_TAR = /^(?:Unexpected end of data|Invalid tar header)/

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never

class Unpacking {
  readonly #folder: string
  readonly #options: ExtractOptions
  /** Made at the end, so that nothing is ever written through one. */
  readonly #links = new Map<string, string>()
  #bytes = 0
  #entries = 0

  constructor(folder: string, options: ExtractOptions) {
    this.#folder = folder
    this.#options = options
  }

  async add(entry: Entry): Promise<void> {
    const { header } = entry
    this.#entries += 1
    if (this.#entries > this.#options.limitEntries)
      throw new ArchiveError(`The source has more than ${this.#options.limitEntries} files.`)
    const path = pathInArchive(header.name)
    if (header.type === 'file' || header.type === 'contiguous-file')
      await this.#addFile(path, entry)
    else if (path !== '') await this.#addOther(path, header)
    entry.resume()
  }

  async #addFile(path: string, entry: Entry): Promise<void> {
    this.#count(entry.header.size ?? 0)
    const mode = ((entry.header.mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755
    const target = await this.#makeRoom(path)
    await pipeline(entry, createWriteStream(target, { flags: 'wx', mode }))
  }

  async #addOther(path: string, header: Header): Promise<void> {
    const { type } = header
    const linkname = header.linkname || '' // null where there is none
    if (type === 'directory') {
      this.#links.delete(path)
      await mkdir(join(this.#folder, path), { recursive: true })
    } else if (type === 'link') await this.#copy(pathInArchive(linkname), path)
    else if (type !== 'symlink')
      this.#options.warn(`${path} is left out: it is neither file, directory nor link.`)
    else if (this.#isAllowed(path, linkname)) this.#links.set(path, linkname)
    else this.#options.warn(`The link ${path} is left out: it leads out of the source.`)
  }

  #isAllowed(path: string, target: string): boolean {
    const isTarget = target !== '' && !target.includes('\0')
    return isTarget && (this.#options.anyLinks === true || isInside(path, target))
  }

  /** A hard link: the same file under another name. No link has been made yet, so the name leads to a file of ours. */
  async #copy(from: string, to: string): Promise<void> {
    const source = join(this.#folder, from)
    const found = await lstat(source).catch(() => undefined)
    if (!found?.isFile()) throw new ArchiveError(`The hard link ${to} leads to no file.`)
    this.#count(found.size)
    await copyFile(source, await this.#makeRoom(to))
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#options.limitBytes)
      throw new ArchiveError(`The source is larger than ${this.#options.limitBytes} bytes.`)
  }

  /** Where a file goes; of two of the same name the later stays. */
  async #makeRoom(path: string): Promise<string> {
    if (path === '') throw new ArchiveError('The source holds a file without a name.')
    this.#links.delete(path)
    const target = join(this.#folder, path)
    await mkdir(dirname(target), { recursive: true })
    await rm(target, { force: true })
    return target
  }

  async makeLinks(): Promise<void> {
    for (const [path, linkName] of this.#links) {
      const parents = path.split('/').slice(0, -1)
      const through = parents.findIndex((_, at) =>
        this.#links.has(parents.slice(0, at + 1).join('/')),
      )
      if (through >= 0) throw new ArchiveError(`${path} lies below a link.`)
      const target = join(this.#folder, path)
      await mkdir(dirname(target), { recursive: true })
      await rm(target, { force: true })
      await symlink(linkName, target)
    }
  }
}
