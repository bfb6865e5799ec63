import { run, runOrThrow } from '#/foundation/exec.ts'

/**
 * Removes whatever is at the path, also what users' code left there: trees deeper than the longest path, on which
 * node:fs gives up, and directories that their owner may not write to. Links are removed, not followed.
 */
export const removeTree = async (path: string): Promise<void> => {
  const removed = await run('rm', ['-rf', '--', path])
  if (removed.code === 0) return
  await run('chmod', ['-R', 'u+rwX', '--', path])
  await runOrThrow('rm', ['-rf', '--', path])
}
