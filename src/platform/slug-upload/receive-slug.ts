import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ArtifactMissingError,
  ArtifactTooLargeError,
  StoreFullError,
  type StoredArtifact,
} from '#/artifact-store/artifact-store.ts'
import { BuildRejection } from '#/builder/build-rejection.ts'
import { readProcfile } from '#/builder/discover-process-types.ts'
import { parseProcfile } from '#/builder/procfile.ts'
import { config } from '#/foundation/config.ts'
import { transaction } from '#/foundation/db.ts'
import {
  badRequest,
  conflict,
  hasCode,
  invalidParams,
  serviceUnavailable,
} from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { ArchiveError } from '#/platform/build/archive-path.ts'
import { extractTarball } from '#/platform/build/extract-tar.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertSlug } from '#/platform/slug/slug-store.ts'
import { takeSlugUpload } from '#/platform/slug/slug-upload-store.ts'
import type { SlugUpload } from '#/platform/slug/slug-upload.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { receiveSource, sourcePath } from '#/platform/source/source-file.ts'

type Needs = Pick<Platform, 'db' | 'paths' | 'store'>

const MOST_FILES = 250_000

/**
 * Makes the slug of the tarball that came: what is below `./app` in it, packed as a build's files are, so that the same
 * files have the same digest whoever made them. What is no such tarball leaves the upload open for another try.
 */
export const receiveSlug = async (
  needs: Needs,
  actor: Actor,
  upload: SlugUpload,
  body: { stream: AsyncIterable<Buffer>; announced: number | undefined; signal: AbortSignal },
): Promise<Slug> => {
  const id = newId() // of this try alone; whatever a crash leaves is swept with the sources
  const received = await receiveSource(needs.paths, id, body.stream, body.announced)
  const tarball = sourcePath(needs.paths, { id, sha256: received.sha256 })
  const folder = join(needs.paths.sources, `${id}.files`)
  try {
    if (upload.checksum !== null && upload.checksum !== received.sha256)
      throw invalidParams('The slug is not what its checksum says.')
    const files = await unpack(tarball, folder, body.signal)
    const processTypes = await processTypesOf(upload, files)
    const stored = await needs.store.put(files, {
      limitBytes: config.slugLimitBytes,
      signal: body.signal,
    })
    return await keepSlug(needs, actor, { upload, processTypes, stored })
  } catch (error) {
    throw body.signal.aborted ? badRequest('The upload broke off.') : inWords(error)
  } finally {
    await Promise.all([rm(tarball, { force: true }), removeTree(folder)])
  }
}

const unpack = async (tarball: string, folder: string, signal: AbortSignal): Promise<string> => {
  await mkdir(folder, { mode: 0o700 })
  await extractTarball(createReadStream(tarball), folder, {
    limitBytes: config.slugLimitBytes,
    limitEntries: MOST_FILES,
    anyLinks: true, // a dyno follows them in its own sandbox, as it does those of a build
    warn: (message) => {
      throw new ArchiveError(message)
    },
    signal,
  })
  const [only, another] = await readdir(folder, { withFileTypes: true })
  const stray = [only, another].find((entry) => entry && entry.name !== 'app')
  if (stray || !only?.isDirectory())
    throw new ArchiveError(
      `All files of a slug are below ./app${stray ? `, but this one holds ${stray.name.replace(/\p{C}/gu, '?')}` : ''}.`,
    )
  return join(folder, 'app')
}

/** As the client said, else as the Procfile among the files does. */
const processTypesOf = async (
  { processTypes }: SlugUpload,
  files: string,
): Promise<Record<string, string>> => {
  if (Object.keys(processTypes).length > 0) return processTypes
  return parseProcfile((await readProcfile(files)) ?? '')
}

const keepSlug = (
  { db, store }: Needs,
  actor: Actor,
  made: { upload: SlugUpload; processTypes: Record<string, string>; stored: StoredArtifact },
): Promise<Slug> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, made.upload.appId)
    const upload = await takeSlugUpload(tx, actor, made.upload.id)
    if (!upload) throw conflict('The files of this slug have come already. Make another slug.')
    const slug = await insertSlug(tx, actor, {
      id: upload.id,
      appId: app.id,
      digest: made.stored.digest,
      processTypes: made.processTypes,
      stack: upload.stack,
      commit: upload.commit,
      commitDescription: upload.commitDescription,
      buildpacks: [],
      buildpackProvidedDescription: upload.buildpackProvidedDescription,
      size: made.stored.sizeBytes,
    })
    if (!(await store.has(slug.digest))) throw new ArtifactMissingError(slug.digest) // swept just now
    await insertEvent(tx, actor, {
      resource: 'slug',
      resourceId: slug.id,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      after: { digest: slug.digest, size: slug.size },
    })
    return slug
  })

/** A file below a file, a name that is too long, a link in the place of a folder. */
const NO_TREE = ['ENAMETOOLONG', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ERR_FS_EISDIR', 'ELOOP']

const inWords = (error: unknown): unknown => {
  if (NO_TREE.some((code) => hasCode(error, code)))
    return invalidParams('The slug holds paths that cannot be files and folders together.')
  if (error instanceof ArchiveError)
    return invalidParams(error.message.replace(/^The source/, 'The slug'))
  if (error instanceof BuildRejection || error instanceof ArtifactTooLargeError)
    return invalidParams(error.message)
  if (error instanceof ArtifactMissingError)
    return serviceUnavailable('The same files were being removed at this moment. Send them again.')
  const isFull = error instanceof StoreFullError || hasCode(error, 'ENOSPC')
  return isFull || hasCode(error, 'EDQUOT')
    ? serviceUnavailable('There is no space left on the disk of this machine.')
    : error
}
