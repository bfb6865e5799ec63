import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ApiError, unauthorized } from '#/foundation/errors.ts'
import { newId, newSecret } from '#/foundation/ids.ts'
import { findTokenActor } from '#/platform/account/find-token-actor.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { releaseReceiver } from '#/platform/build/build-store.ts'
import { ensureRepository, removeStaleLocks } from '#/platform/build/repository.ts'
import { settleBranches } from '#/platform/build/settle-branch.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { parseGitRequest, type GitRequest } from './git-request.ts'
import { runHttpBackend, type BackendEnd } from './http-backend.ts'
import type { Push, ReceiverNeeds } from './push.ts'
import { refuseGit } from './refuse-git.ts'

/** What the requests of this process share. */
export type UnderWay = {
  /** Those that hooks may speak for, by their secret. */
  pushes: Map<string, Push>
  /** Ends every git that runs. */
  stopped: AbortSignal
}

type Exchange = { request: IncomingMessage; response: ServerResponse }

const HOOKS = fileURLToPath(new URL('hooks', import.meta.url))
const HOOK_PROGRAM = fileURLToPath(new URL('hook.ts', import.meta.url))

/** A client that neither sends nor takes anything for so long has gone. git itself says something every 5 s. */
const SILENCE_LIMIT_MS = 5 * 60_000

/** Answers one request of git's; every failure becomes an answer that git shows. Never throws. */
export const serveGit = async (
  needs: ReceiverNeeds,
  underWay: UnderWay,
  { request, response }: Exchange,
): Promise<void> => {
  const { socket } = request
  const onSilence = (): void => void socket.destroy()
  socket.setTimeout(SILENCE_LIMIT_MS, onSilence)
  response.once('close', () => socket.setTimeout(0).off('timeout', onSilence))
  try {
    const asked = parseGitRequest(request.method ?? '', request.url ?? '')
    if (!asked) throw new ApiError(404, 'not_found', 'There is nothing here for git.')
    const push = await admit(needs, asked, request)
    const end = await runGit(needs, underWay, { asked, push, request, response })
    if (end.code !== 0)
      needs.log.warn({ ...end, app: push.app.id, service: asked.service }, 'git failed')
    if (!end.hasAnswered) throw new Error(end.stderr || `git ended with ${end.code}.`)
  } catch (error) {
    refuseGit(needs, error, response)
  }
}

/** @throws 401, 404 or 403 for whoever may not read and write the app's code */
const admit = async (
  needs: ReceiverNeeds,
  asked: GitRequest,
  request: IncomingMessage,
): Promise<Push> => {
  const actor = await findTokenActor(needs.db, request.headers.authorization, {
    requestId: newId(),
    remoteAddress: request.socket.remoteAddress ?? null,
  })
  if (!actor) throw unauthorized()
  const app = await findApp(needs, actor, asked.app)
  const repository = await ensureRepository(needs.paths, app.id)
  return { secret: newSecret(), app, actor, repository }
}

const findApp = async ({ db }: ReceiverNeeds, actor: Actor, name: string): Promise<App> => {
  try {
    return await getApp(db, actor, name, 'deploy')
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw new ApiError(404, 'not_found', `No such app as ${name}.`)
    throw error
  }
}

/** Runs git to its end; a push is known to its hooks for so long, and its branch is settled after it. */
const runGit = async (
  needs: ReceiverNeeds,
  { pushes, stopped }: UnderWay,
  { asked, push, request, response }: Exchange & { asked: GitRequest; push: Push },
): Promise<BackendEnd> => {
  const isPush = asked.path === '/git-receive-pack'
  if (isPush) {
    pushes.set(push.secret, push)
    await removeStaleLocks(push.repository)
  }
  const hookEnv = isPush ? hookEnvironment(needs, push) : {}
  const call = { asked, repository: push.repository, user: push.actor.name, hookEnv }
  const { child, ended } = runHttpBackend({ ...call, hooksDir: HOOKS }, request, response)
  const stop = (): void => void child.kill()
  stopped.addEventListener('abort', stop)
  try {
    return await ended
  } finally {
    stopped.removeEventListener('abort', stop)
    pushes.delete(push.secret)
    if (push.buildId !== undefined) await endPush(needs, push, push.buildId, stopped)
  }
}

const hookEnvironment = (
  { paths }: Pick<ReceiverNeeds, 'paths'>,
  { secret }: Push,
): Record<string, string> => ({
  SLUICE_PUSH: secret,
  SLUICE_HOOK_NODE: process.execPath,
  SLUICE_HOOK_PROGRAM: HOOK_PROGRAM,
  SLUICE_HOOK_SOCKET: paths.gitSocket,
  NODE_COMPILE_CACHE: join(paths.run, 'hook-cache'), // starts the hook in a third of the time
})

const TRY_AGAIN_MS = 1_000

/**
 * git has ended, whatever became of it: a branch that it has not moved is the platform's to move. Until this is written
 * down the next push waits, so it is tried until it is; a process that is killed before is known by its row of workers.
 */
const endPush = async (
  needs: ReceiverNeeds,
  { actor }: Push,
  buildId: string,
  stopped: AbortSignal,
): Promise<void> => {
  while (!stopped.aborted)
    try {
      await releaseReceiver(needs.db, actor, buildId)
      return await settleBranches(needs, buildId)
    } catch (error) {
      needs.log.warn({ err: error, buildId }, 'the end of a push could not be written down')
      await pause(TRY_AGAIN_MS, undefined, { signal: stopped }).catch(() => {})
    }
}
