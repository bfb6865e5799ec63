import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runOrThrow } from '#/foundation/exec.ts'

const ENV = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

const git = (args: string[], input?: string): Promise<string> =>
  runOrThrow('git', args, { env: ENV, ...(input === undefined ? {} : { input }) })

/** A bare repository as the git receiver keeps them, with a way to commit to it; each commit is kept under refs/builds. */
export const aBareRepository = async (
  path: string,
): Promise<{
  commit: (message: string, files: Record<string, string>) => Promise<string>
}> => {
  await git(['init', '--quiet', '--bare', '--initial-branch', 'main', path])
  let builds = 0
  return {
    commit: async (message, files) => {
      const work = await mkdtemp(join(tmpdir(), 'sluice-work-'))
      const inWork = ['--git-dir', path, '--work-tree', work]
      try {
        for (const [name, text] of Object.entries(files)) {
          await mkdir(dirname(join(work, name)), { recursive: true })
          await writeFile(join(work, name), text)
        }
        await git([...inWork, 'add', '--all', '--ignore-removal', work])
        await git([...inWork, 'commit', '--quiet', '--allow-empty', '--file', '-'], message)
        const sha = (await git(['--git-dir', path, 'rev-parse', 'HEAD'])).trim()
        await git(['--git-dir', path, 'update-ref', `refs/builds/${++builds}`, sha])
        return sha
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    },
  }
}
