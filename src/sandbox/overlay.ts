import { lchown, mkdir, mkdtemp, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, runOrThrow } from '#/foundation/exec.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { isRoot, sandboxUid, type Layers } from './sandbox-spec.ts'
import { unshareCommand } from './unshare-command.ts'

/**
 * Lays out in `dir` how layers are shown without being written to, and returns the folder to show. Where the kernel
 * refuses overlays on this file system (as in most containers) that is a copy, which takes time and space.
 */
export const layOverlay = async (dir: string, layers: Layers): Promise<string> => {
  if (!(await canOverlay(dir))) return copyLayers(join(dir, 'copy'), layers)
  // By short names of our own: the paths may hold what mount takes for syntax, and its options have a longest length.
  const names = layers.layers.map((_layer, at) => `l${at}`)
  await Promise.all([
    writeFile(join(dir, 'layers'), names.join(':')),
    ...layers.layers.map((layer, at) => symlink(join(layers.folder, layer), join(dir, `l${at}`))),
    ...['upper', 'work', 'merged'].map((name) => makeOwnFolder(join(dir, name))),
  ])
  return join(dir, 'merged')
}

const copyLayers = async (target: string, { folder, layers }: Layers): Promise<string> => {
  await makeOwnFolder(target)
  for (const layer of layers.toReversed())
    await runOrThrow('cp', ['-a', '--reflink=auto', '--', `${join(folder, layer)}/.`, target])
  return target
}

const makeOwnFolder = async (path: string): Promise<void> => {
  await mkdir(path, { mode: 0o755 })
  if (isRoot()) await lchown(path, sandboxUid(), sandboxUid())
}

/** By device, since each file system has its own answer. */
const answers = new Map<number, Promise<boolean>>()

/** Whether an overlay can be mounted and written to in a folder: found by doing it, once for each file system. */
export const canOverlay = async (dir: string): Promise<boolean> => {
  const { dev } = await stat(dir)
  const known = answers.get(dev)
  if (known) return known
  const answer = tryOverlay(dir)
  answers.set(dev, answer)
  return answer.catch((error: unknown) => {
    answers.delete(dev) // no answer, as when the disk is full
    throw error
  })
}

const TRY =
  'cd "$0" && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr overlay merged && echo new > merged/file'

const tryOverlay = async (dir: string): Promise<boolean> => {
  const place = await mkdtemp(join(dir, 'overlay-'))
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(join(place, name))
    const [file, ...args] = unshareCommand()
    const { code } = await run(file, [...args, '/bin/sh', '-c', TRY, place])
    return code === 0
  } finally {
    await removeTree(place)
  }
}
