import type { RequestListener } from 'node:http'
import { afterPush } from './after-push.ts'
import { beforePush } from './before-push.ts'
import { isGitUrl } from './git-request.ts'
import { serveHooks, type HookCall } from './hook-socket.ts'
import type { ReceiverNeeds } from './push.ts'
import { serveGit, type Pushes } from './serve-git.ts'

export type GitReceiver = {
  /** Takes a request if it is one of git's. */
  first: (...args: Parameters<RequestListener>) => boolean
  stop: () => Promise<void>
}

/** git over HTTP, and the hooks that its pushes call. */
export const startGitReceiver = async (
  given: Omit<ReceiverNeeds, 'stopped'>,
): Promise<GitReceiver> => {
  const stopping = new AbortController()
  const needs = { ...given, stopped: stopping.signal }
  const pushes: Pushes = new Map()
  const serving = new Set<Promise<void>>()
  const hooks = await serveHooks(
    needs.paths.gitSocket,
    (call) => answerHook(needs, pushes, call),
    needs.log,
  )
  return {
    first: (request, response) => {
      if (!isGitUrl(request.url ?? '')) return false
      const served = serveGit(needs, pushes, { request, response })
      serving.add(served)
      void served.finally(() => serving.delete(served))
      return true
    },
    stop: async () => {
      stopping.abort()
      await hooks.stop()
      await Promise.all(serving)
    },
  }
}

const answerHook = async (needs: ReceiverNeeds, pushes: Pushes, call: HookCall): Promise<0 | 1> => {
  const push = pushes.get(call.push)
  if (!push) throw new Error('This push is unknown.')
  return call.hook === 'pre-receive' ? beforePush(needs, push, call) : afterPush(needs, push, call)
}
