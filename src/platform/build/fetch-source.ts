import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { config } from '#/foundation/config.ts'
import { ended } from '#/foundation/exec.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import type { Platform } from '#/platform/platform.ts'
import { sourcePath } from '#/platform/source/source-file.ts'
import { findSource } from '#/platform/source/source-store.ts'
import { sourceIdOf } from '#/platform/source/source-url.ts'
import { ArchiveError, BrokenTarError } from './archive-path.ts'
import { BUILDER } from './build-runner.ts'
import { BuildFailure, type Build } from './build.ts'
import { downloadSource } from './download-source.ts'
import { extractTar, extractTarball } from './extract-tar.ts'
import { startGit } from './git.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths'>

export type FetchOptions = {
  /** An empty folder of this build's alone. */
  folder: string
  /** Told, in a sentence, of what is left out. */
  warn: (message: string) => void
  signal: AbortSignal
}

const MOST_FILES = 250_000

/** The build's code as files; returns the directory they are in. @throws BuildFailure in words */
export const fetchSource = async (
  needs: Needs,
  build: Build,
  options: FetchOptions,
): Promise<string> => {
  const source = join(options.folder, 'source')
  await mkdir(source, { recursive: true })
  try {
    if (build.commit !== null) {
      await extractCommit(needs, build, source, options)
      return source
    }
    const archive = await fetchArchive(needs, build, options)
    await extractArchive(archive, source, options)
    return await withoutWrapper(source)
  } catch (error) {
    throw error instanceof ArchiveError ? new BuildFailure(lowered(error.message)) : error
  }
}

/** As words that go on after "Push rejected, ". */
const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1)

const extractOptions = ({ warn, signal }: FetchOptions) => ({
  limitBytes: config.slugLimitBytes,
  limitEntries: MOST_FILES,
  warn,
  signal,
})

/** The files of a commit as git has them; the contents of submodules are not among them. */
const extractCommit = async (
  { paths }: Needs,
  build: Build,
  source: string,
  options: FetchOptions,
): Promise<void> => {
  const { repository } = appFiles(paths, build.appId)
  const args = ['archive', '--format=tar', build.commit ?? '']
  const child = startGit(repository, args, ['ignore', 'pipe', 'pipe'])
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)))
  const [failure, { code }] = await Promise.all([
    extractTar(child.stdout ?? Readable.from([]), source, extractOptions(options))
      .then(() => undefined)
      .catch((error: unknown) => {
        child.kill() // only then: git may not have ended yet when all its output is read
        return error
      }),
    ended(child),
  ])
  options.signal.throwIfAborted()
  if (failure !== undefined && !(failure instanceof BrokenTarError)) throw failure
  if (code !== 0)
    throw new BuildFailure(`the commit cannot be read from the app's repository: ${stderr.trim()}`)
  if (failure !== undefined) throw failure
  if (existsSync(join(source, '.gitmodules')))
    options.warn('Submodules are left out: their folders are empty.')
}

const fetchArchive = async (
  needs: Needs,
  build: Build,
  { folder, signal }: FetchOptions,
): Promise<string> => {
  const url = build.sourceUrl ?? ''
  const id = sourceIdOf(needs, url, build.createdAt.getTime())
  const source = id === undefined ? undefined : await findSource(needs.db, BUILDER, id)
  const file = join(folder, 'source.tgz')
  let path = file
  if (id === undefined)
    await downloadSource(url, file, { limitBytes: config.pushLimitBytes, signal })
  else if (!source || source.sha256 === null)
    throw new BuildFailure('nothing was uploaded to its source.')
  else path = sourcePath(needs.paths, { id, sha256: source.sha256 })
  if (build.sourceChecksum !== null && build.sourceChecksum !== (await sha256Of(path)))
    throw new BuildFailure('the source is not what its checksum says.')
  return path
}

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const extractArchive = async (
  path: string,
  source: string,
  options: FetchOptions,
): Promise<void> => {
  const file = createReadStream(path)
  if (!(await isGzip(path))) return extractTar(file, source, extractOptions(options))
  return extractTarball(file, source, extractOptions(options))
}

const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

/** A forge's tarball holds everything in one folder of its own. */
const withoutWrapper = async (source: string): Promise<string> => {
  const entries = await readdir(source, { withFileTypes: true })
  const [only] = entries
  return entries.length === 1 && only?.isDirectory() ? join(source, only.name) : source
}
