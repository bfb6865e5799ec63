import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { anApp } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { dropOutputs } from './drop-outputs.ts'
import { git, gitOrThrow } from './git.ts'
import { buildRef, ensureRepository, NO_COMMIT, readRef } from './repository.ts'
import { tidyRepositories } from './tidy-repositories.ts'

const host = await aTestPlatform()
const { platform, call } = host
const { paths } = platform
const OLD = new Date(Date.now() - 48 * 3_600_000)
const age = (path: string): Promise<void> => utimes(path, OLD, OLD)

/** A commit without parents or files. */
const aCommit = async (repository: string, message: string): Promise<string> => {
  const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
  await git(repository, 'hash-object', '-t', 'tree', '-w', '--stdin')
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return gitOrThrow(repository, ...who, 'commit-tree', '-m', message, tree)
}

test('what killed pushes left goes once it is old, and commits of builds stay', async () => {
  const app = await anApp(host)
  const repository = await ensureRepository(paths, app.id)
  const objects = join(repository, 'objects')
  for (const name of ['tmp_objdir-incoming-Old123', 'tmp_objdir-incoming-New123'])
    await mkdir(join(objects, name))
  await age(join(objects, 'tmp_objdir-incoming-Old123'))
  const commit = await aCommit(repository, 'kept for a build that never came to be')
  const orphan = newId()
  await git(repository, 'update-ref', buildRef(orphan), commit)
  await tidyRepositories(platform)
  assert.equal(await readRef(repository, buildRef(orphan)), commit) // its build may still come
  await age(join(repository, buildRef(orphan)))
  await tidyRepositories(platform)
  assert.equal(await readRef(repository, buildRef(orphan)), NO_COMMIT)
  assert.ok(!existsSync(join(objects, 'tmp_objdir-incoming-Old123')))
  assert.ok(existsSync(join(objects, 'tmp_objdir-incoming-New123')))
})

test('many packs become one', async () => {
  const app = await anApp(host)
  const repository = await ensureRepository(paths, app.id)
  for (let n = 0; n <= 20; n++) {
    await git(repository, 'update-ref', `refs/heads/b${n}`, await aCommit(repository, `${n}`))
    await gitOrThrow(repository, 'repack', '--quiet')
  }
  await tidyRepositories(platform)
  const packs = await readdir(join(repository, 'objects', 'pack'))
  assert.equal(packs.filter((name) => name.endsWith('.pack')).length, 1)
  assert.notEqual(await readRef(repository, 'refs/heads/b7'), NO_COMMIT)
})

test('repositories and outputs of destroyed apps go', async () => {
  const app = await anApp(host)
  const { repository } = appFiles(paths, app.id)
  await call('DELETE', `/apps/${app.name}`)
  await ensureRepository(paths, app.id) // by a push that was let in just before
  await age(repository)
  await tidyRepositories(platform)
  assert.ok(!existsSync(repository))
  await mkdir(paths.builds, { recursive: true })
  await writeFile(join(paths.builds, `${newId()}.log`), 'output')
  await dropOutputs(platform)
  assert.deepEqual(await readdir(paths.builds), [])
})
