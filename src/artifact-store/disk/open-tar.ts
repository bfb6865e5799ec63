import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Unpacked } from '#/artifact-store/artifact-store.ts'
import { ended, start } from '#/foundation/exec.ts'
import { materializeArtifact } from './materialize-artifact.ts'
import type { StoreFolders } from './store-folders.ts'

/** The program tar, because names are bytes; its options make the same bytes of the same tree, whoever packs it. */
const tarArguments = ({ folder, layers }: Unpacked): string[] => [
  '--create',
  '--format=gnu',
  '--sort=name',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mtime=@315532800', // 1980-01-01, the first day that zip files know too
  '--hard-dereference', // which contents share a blob differs from store to store
  '--transform=flags=rSH;s,^\\.,./app,',
  '--file=-',
  ...layers.flatMap((layer) => [`--directory=${join(folder, layer)}`, '.']),
]

export const openTar = (store: StoreFolders, digest: string): Readable =>
  Readable.from(pack(store, digest), { objectMode: false })

/** An end without an error is only there if tar came to its own. */
async function* pack(store: StoreFolders, digest: string): AsyncGenerator<Buffer> {
  const unpacked = await materializeArtifact(store, digest)
  const tar = start('tar', tarArguments(unpacked), {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' },
  })
  if (!tar.stdout) throw new Error('tar has no output.')
  const end = ended(tar)
  const gzip = tar.stdout.pipe(createGzip({ level: 6 }))
  try {
    yield* gzip
    const { code } = await end
    if (code !== 0) throw new Error(`tar ended with ${code}.`)
  } finally {
    tar.kill()
    gzip.destroy()
  }
}
